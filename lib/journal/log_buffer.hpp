#pragma once

#include "base/idle_wait.hpp"
#include "journal/entry.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>

namespace tokend {

// The purpose of an entry decides how much of the room it may use.
enum class entry_purpose
{
    issue,  // leaves room for ends
    use,    // of a token or a principal; leaves room for ends too
    end     // may use all of the room
};

// Entries that threads have appended and that the writing thread has not taken yet. The buffer knows how much room the
// file has, so it refuses an append that would not fit at once, and no thread waits for the disk.
class log_buffer
{
public:
    explicit log_buffer(std::size_t bytes);

    // Appends all of these entries in a row. Returns false, having appended none, if there is no room. Thread-safe.
    [[nodiscard]] bool append(std::span<journal_entry const> entries, entry_purpose purpose) noexcept;

    // Returns how many units were ever appended. Thread-safe.
    std::uint64_t appended() const noexcept;
    // Returns the latest issue or use that was appended, in Unix seconds, or `at_least` if that is later. Thread-safe.
    std::uint32_t newest(std::uint32_t at_least = 0) noexcept;

    // The functions below are for the writing thread.

    // Waits until something is appended. Returns false if a stop was requested and nothing was.
    [[nodiscard]] bool wait(std::stop_token stop);
    // Returns everything appended since the last call, unsealed. Valid until the next call.
    [[nodiscard]] std::span<std::byte> take() noexcept;
    // Notes that the file has room for `units` more units, after those that were taken.
    void set_room(std::uint64_t units) noexcept;

private:
    static constexpr std::size_t for_ends = std::size_t{1} << 20;  // bytes, in the buffer as in the file

    std::size_t const capacity_;
    mutable std::mutex mutex_;  // guards what follows
    idle_wait writer_;
    std::unique_ptr<std::byte[]> units_;
    std::unique_ptr<std::byte[]> taken_;
    std::size_t size_ = 0;    // bytes of units_
    std::uint64_t owed_ = 0;  // units of second copies, of the ends in units_
    std::uint64_t room_ = 0;  // units in the file, for what is in units_ and what is appended later
    std::uint64_t appended_ = 0;
    std::uint32_t newest_ = 0;
};

}  // namespace tokend
