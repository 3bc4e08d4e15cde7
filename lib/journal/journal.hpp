#pragma once

#include "journal/contents.hpp"
#include "journal/entry.hpp"
#include "journal/file.hpp"
#include "journal/layout.hpp"
#include "journal/log_buffer.hpp"
#include "journal/new_file.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace tokend {

// The header of a tokens file, whether or not another process has it open. Throws std::runtime_error with a line that says what is
// wrong, and std::system_error.
layout::header read_header(journal_file const& file);

// What became of an append.
enum class append_result
{
    done,
    full,       // there is no room in the log now
    unwritable  // the file cannot be written
};

// A tokens file that this process alone has open: a snapshot, and a log of what happened since. Any thread appends to a buffer in
// memory; one thread writes the buffer to the file; one thread synchronizes and replaces the file by a new one with a new
// snapshot. Only what was written survives the end of the process, so an answer waits for write().
class journal
{
public:
    // Opens the file, or creates an empty one. Throws std::runtime_error, with a line that says what is wrong, and leaves the file
    // as it was; std::system_error. A file that is not of this version must have been taken over before.
    static std::unique_ptr<journal> open(std::filesystem::path const& path, std::uint64_t capacity);

    // Why open() would refuse the file; empty if it would not. Another process may have the file open.
    static std::string what_is_wrong(std::filesystem::path const& path);

    journal(journal_file file, layout::header const& header);
    journal(journal const&) = delete;

    layout::header const& header() const noexcept { return header_; }
    std::filesystem::path const& path() const noexcept { return path_; }

    // REQUIRES: nothing has been appended; the journal outlives what is returned.
    journal_contents contents() const { return {header_, file_.size(), file_.reader()}; }
    // The log goes on behind its last entry. Call once, before anything is appended. `newest`: the latest issue or use that counts.
    void go_on_behind(journal_contents const& found, std::uint32_t newest);
    void go_on_behind(journal_contents const& found) { go_on_behind(found, found.newest); }

    // Appends all of these entries or none. An end or a use that is not appended is remembered: until a new snapshot shows what it
    // did, the file is not whole. Thread-safe; never waits for the disk.
    [[nodiscard]] append_result append(std::span<journal_entry const> entries, entry_purpose purpose) noexcept;
    std::uint64_t appended() const noexcept { return buffer_.appended(); }
    void refuse_issues(bool refuse) noexcept { refuses_issues_.store(refuse, std::memory_order_relaxed); }

    // The file no longer holds all that it should: it needs a new snapshot, in a new file. Thread-safe.
    bool needs_new_file() const noexcept { return losses_.load() != mended_.load(); }
    void want_new_file() noexcept { losses_.fetch_add(1); }

    // The thread that writes. Waits until something is appended. Returns false if a stop was requested and nothing is there.
    [[nodiscard]] bool wait(std::stop_token stop) { return buffer_.wait(stop); }
    // Writes everything appended. Returns how many units that was of all that were ever appended. Throws std::system_error, and
    // std::runtime_error if the file was changed from outside; what was appended is written by a later call.
    std::uint64_t write();
    // Returns false if the disk has no room for issues. Throws as write() does. Thread-safe.
    [[nodiscard]] bool make_room();

    // The thread that synchronizes. Returns how many of the units that were ever appended are on the disk. Throws as write() does.
    std::uint64_t synchronize();
    bool is_synchronized() const;
    void check_identity();  // throws std::runtime_error if the file has been removed, replaced or cut
    bool wants_snapshot(std::uint64_t live_tokens) const;
    class snapshot;

private:
    std::uint64_t free_units() const noexcept;  // REQUIRES, as all below: writing_ is held
    void extend(std::uint64_t units);
    void write_batch();
    void write_copies();
    void start_fresh_page();
    std::uint64_t offset_of(std::uint64_t unit) const noexcept { return header_.log_at() + unit * journal_unit::size; }

    std::filesystem::path const path_;
    log_buffer buffer_;
    std::atomic<bool> refuses_issues_{false};
    std::atomic<std::uint64_t> losses_{0};  // of what the file should hold
    std::atomic<std::uint64_t> mended_{0};  // of these, those before the turn of the last new file
    std::mutex synchronizing_;              // before writing_; guards the identity of file_
    mutable std::mutex writing_;            // guards what follows
    journal_file file_;
    layout::header header_;
    std::uint64_t allocated_ = 0;    // bytes of the file
    std::uint64_t tail_ = 0;         // units of the log
    std::span<std::byte> batch_{};   // taken from the buffer and not written yet
    std::vector<std::byte> copies_;  // second copies of ends, unsealed, for the next synchronization
    std::uint64_t written_ = 0;      // units of those that were ever appended, as the buffer counts them
    bool has_holes_ =
        false;  // the log lost units in a power cut: what is on the disk is not told until a new file is made
};

// A new file on its way to take the journal's name: a snapshot, then everything that was logged since it began. Whatever was
// appended before can be seen in the table. Throws std::system_error, and std::runtime_error if another file has the journal's
// name; a snapshot that is not finished leaves no trace.
class journal::snapshot
{
public:
    enum class old_file
    {
        sound,   // what is logged meanwhile goes to the old file, and is copied
        suspect  // the old file is not written: what is appended meanwhile waits for the new one
    };
    // `between`: called now and then while the snapshot is written; what it throws ends the snapshot.
    snapshot(
        journal& of, std::uint64_t capacity, old_file how, std::function<void()> between = [] {});
    ~snapshot();
    snapshot(snapshot const&) = delete;
    void add(journal_entry const& entry);  // all records and addresses come before the tokens
    // Returns how many of the units that were ever appended are on the disk.
    std::uint64_t finish();

private:
    static void refuse_foreign_file(journal const& of);
    static journal_file create_for(journal const& of);
    void copy_log(std::uint64_t until);

    journal& journal_;
    journal_file file_;
    layout::header header_;
    entry_writer writer_{file_};
    // Both are held from the beginning if the old file is suspect.
    std::unique_lock<std::mutex> synchronizing_;
    std::unique_lock<std::mutex> writing_;
    std::uint64_t copied_;  // units of the old log
    std::uint64_t const losses_;
    std::function<void()> const between_;
    bool finished_ = false;
};

}  // namespace tokend
