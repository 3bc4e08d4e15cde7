#pragma once

#include "journal/entry.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>

namespace tokend {

// What an entry is for: it decides how much of the room the entry may use.
enum class entry_purpose
{
    issue,  // leaves room for ends
    use,    // a touch: as an issue
    end     // may use all of the room
};

// Entries that any thread has appended and that the writing thread has not taken yet. The buffer counts the room in the file, so an
// append that would not fit is refused at once: nobody waits for the disk.
class log_buffer
{
public:
    explicit log_buffer(std::size_t bytes);

    // Appends all of these entries one behind the other, or none: returns false if there is no room. Thread-safe.
    [[nodiscard]] bool append(std::span<journal_entry const> entries, entry_purpose purpose) noexcept;

    // How many units were ever appended. Thread-safe.
    std::uint64_t appended() const noexcept;
    // The latest issue or use that was appended, Unix seconds; or `at_least`, if that is later. Thread-safe.
    std::uint32_t newest(std::uint32_t at_least = 0) noexcept;

    // The rest belongs to the thread that writes.

    // Waits until something is appended. Returns false if a stop was requested and there is nothing.
    [[nodiscard]] bool wait(std::stop_token stop);
    // Everything appended since the last call, unsealed. Valid until the next call.
    [[nodiscard]] std::span<std::byte> take() noexcept;
    // The file has room for so many units more than what was taken.
    void set_room(std::uint64_t units) noexcept;

private:
    static constexpr std::size_t for_ends = std::size_t{1} << 20;  // bytes, in the buffer as in the file

    std::size_t const capacity_;
    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable_any filled_;
    bool waiting_ = false;
    std::unique_ptr<std::byte[]> units_;
    std::unique_ptr<std::byte[]> taken_;
    std::size_t size_ = 0;    // bytes of units_
    std::uint64_t owed_ = 0;  // units of second copies, of the ends in units_
    std::uint64_t room_ = 0;  // units in the file, for what is in units_ and what is appended later
    std::uint64_t appended_ = 0;
    std::uint32_t newest_ = 0;
};

}  // namespace tokend
