#pragma once

#include "journal/contents.hpp"
#include "journal/entry.hpp"
#include "journal/file.hpp"
#include "journal/layout.hpp"
#include "journal/log_head.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace tokend {

// The header of a tokens file that anybody may look into, whoever has it open. Throws std::runtime_error, with a line that says
// everything that is wrong, if it is none; std::system_error.
layout::header read_header(journal_file const& file);

// A tokens file that this process alone has open. What it holds is a snapshot and a log of what happened since. Entries are
// appended by any thread, without a lock and without a system call, to memory that is the file's page cache: whoever has
// filled an entry and is killed has it in the file. When the log has grown, a new snapshot is written beside it, and its place is used
// again once that is complete.
class journal
{
public:
    // Opens the file, or makes it if there is none, for this geometry. One that has another keeps it. Throws std::runtime_error, with a line
    // that says everything that is wrong, and leaves the file as it was; std::system_error.
    static journal open(std::filesystem::path const& path, journal_geometry geometry);

    // A new file beside `path`, which takes its place when the snapshot that was begun in it is put_in_place().
    static journal make_beside(std::filesystem::path const& path, journal_geometry geometry,
                               layout::state const& state);
    void put_in_place(std::filesystem::path const& path) { file_.replace(path); }

    journal(journal&& other) = delete;

    journal_geometry const& geometry() const noexcept { return header_.what.geometry; }
    std::filesystem::path const& path() const noexcept { return file_.path(); }
    layout::state const& state() const noexcept { return header_.now; }

    // All that is in the file. REQUIRES: nothing has been appended; the journal outlives what is returned.
    journal_contents contents() const { return {header_, file_.reader()}; }
    // The log goes on behind its last entry; nothing will be missed in its gaps again. To be called once, before anything is appended.
    void go_on_behind(journal_contents const& found) noexcept;

    // Units of the log, for the caller to fill soon and without another reservation that may wait. reserve() waits for room; none: the
    // file cannot be written, and there is no room. Any thread, as the next three.
    log_place reserve(std::uint32_t units) noexcept;
    log_place try_reserve(std::uint32_t units) noexcept { return head_.reserve(units, room_); }
    // REQUIRES: as many units as the entry has.
    void fill(log_place const& place, journal_entry const& entry) noexcept;
    void leave_out(log_place const& place) noexcept { fill(place, {.kind = entry_kind::skip, .units = place.units}); }

    // Brings to the disk everything that was filled before. Any thread. Throws std::system_error.
    void synchronize();

    // The rest is one thread's.
    void tell_clock(timestamp now);
    void make_room_ahead() const noexcept;  // takes the faults of the next pages of the log
    bool wants_snapshot() const noexcept;   // the log is three quarters full, or a snapshot was not finished
    void give_up() noexcept;                // until the next snapshot nobody waits for room: it will not come
    class snapshot;

private:
    journal(journal_file file, layout::header const& header);
    std::byte* at(log_place const& place) const noexcept
    {
        return logs_[place.half].bytes().data() + place.first * journal_unit::size;
    }
    void write_half(std::size_t which);
    void turn();

    journal_file file_;
    layout::header header_;
    std::array<file_mapping, 2> const logs_;
    std::uint64_t const room_;   // units of a log
    std::uint64_t const spare_;  // of them, for those who may not wait
    log_head head_;
    mutable std::uint64_t faulted_ = 0;  // bytes of the log ahead
    std::mutex synchronizing_;           // guards the next
    std::uint64_t synchronized_ = 0;     // number of a unit of the log: all before it is on the disk
    std::mutex waiting_;                 // guards the next
    std::condition_variable turned_;
    bool given_up_ = false;
};

// A snapshot on its way into the file: what is appended from its beginning on stands in the log behind it, and all that was
// changed before it can be seen by its maker. Throws std::system_error, and std::runtime_error if it does not fit; then, and if it is not
// finished, it can be begun again.
class journal::snapshot
{
public:
    explicit snapshot(journal& of);
    void add(journal_entry const& record_or_token);  // all records come first
    void finish();

private:
    void flush();

    journal& journal_;
    std::size_t const half_;
    std::uint64_t written_ = 0;  // units, flushed or not
    std::uint64_t records_ = 0;  // units of them
    std::vector<std::byte> buffer_;
    std::uint64_t flushed_ = 0;  // bytes
};

}  // namespace tokend
