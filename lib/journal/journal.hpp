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

// Reads the header of a tokens file, whether or not another process has the file open. Throws std::system_error, and
// std::runtime_error with a line that explains what is wrong.
layout::header read_header(journal_file const& file);

// The result of an append.
enum class append_result
{
    done,
    full,       // there is no room in the log now
    unwritable  // the file cannot be written
};

// A tokens file that only this process has open: a snapshot, and a log of what happened since. Any thread appends to a
// buffer in memory. One thread writes the buffer to the file. Another one synchronizes the file, and replaces it by a
// new file with a new snapshot. Only what was written survives the end of the process, so an answer waits for write().
class journal
{
public:
    // Opens the file, or creates an empty one. Throws std::system_error, and std::runtime_error with a line that
    // explains what is wrong; the file then is as it was. REQUIRES: a file of an older version has been taken over.
    static std::unique_ptr<journal> open(std::filesystem::path const& path, std::uint64_t capacity);

    // Returns why open() would refuse the file, or an empty text if it would not. Another process may have the file
    // open.
    static std::string what_is_wrong(std::filesystem::path const& path);

    journal(journal_file file, layout::header const& header);
    journal(journal const&) = delete;

    layout::header const& header() const noexcept { return header_; }
    std::filesystem::path const& path() const noexcept { return path_; }

    // REQUIRES: nothing has been appended; the journal outlives the returned object.
    journal_contents contents() const { return {header_, file_.size(), file_.reader()}; }
    // Continues the log behind its last entry. Call this once, before anything is appended. `newest` is the latest
    // issue or use that counts.
    void go_on_behind(journal_contents const& found, std::uint32_t newest);
    void go_on_behind(journal_contents const& found) { go_on_behind(found, found.newest); }

    // Appends all of these entries or none. If an end or a use cannot be appended, the file is incomplete until a new
    // snapshot shows its effect; the journal remembers that. Never waits for the disk. Thread-safe.
    [[nodiscard]] append_result append(std::span<journal_entry const> entries, entry_purpose purpose) noexcept;
    std::uint64_t appended() const noexcept { return buffer_.appended(); }
    void refuse_issues(bool refuse) noexcept { refuses_issues_.store(refuse, std::memory_order_relaxed); }

    // Returns true if the file is incomplete, and needs a new file with a new snapshot. Thread-safe.
    bool needs_new_file() const noexcept { return losses_.load() != mended_.load(); }
    void want_new_file() noexcept { losses_.fetch_add(1); }

    // For the writing thread. Waits until something is appended. Returns false if a stop was requested and nothing was.
    [[nodiscard]] bool wait(std::stop_token stop) { return buffer_.wait(stop); }
    // Writes everything appended. Returns how many of the units ever appended are written now. Throws
    // std::system_error, and std::runtime_error if somebody else changed the file; a later call writes what this one
    // did not.
    std::uint64_t write();
    // Extends the file if its log is nearly full. Returns false if the disk has no room for issues. Throws like
    // write(). Thread-safe.
    [[nodiscard]] bool make_room();

    // For the synchronizing thread. Returns how many of the units ever appended are on the disk. Throws like write().
    std::uint64_t synchronize();
    bool is_synchronized() const;
    std::uint64_t bytes() const noexcept
    {
        return allocated_.load(std::memory_order_relaxed);
    }                       // of the file; any thread
    void check_identity();  // throws std::runtime_error if the file has been removed, replaced or cut
    bool wants_snapshot(std::uint64_t live_tokens) const;
    class snapshot;

private:
    std::uint64_t free_units() const noexcept;  // REQUIRES, like the functions below: writing_ is held
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
    std::atomic<std::uint64_t> allocated_{0};  // bytes of the file; any thread may read it
    std::uint64_t tail_ = 0;                   // units of the log
    std::span<std::byte> batch_{};             // taken from the buffer and not written yet
    std::vector<std::byte> copies_;            // second copies of ends, unsealed; the next synchronization writes them
    std::uint64_t written_ = 0;                // of the units ever appended, as the buffer counts them
    bool has_holes_ =
        false;  // the log lost units in a power cut, so the state in page 1 stays as it is until the next file
};

// A new file that will take the journal's name: a snapshot, then everything that was logged since it began. Everything
// that was appended before can be seen in the table. Throws std::system_error, and std::runtime_error if another file
// has the journal's name. A snapshot that is not finished leaves no trace.
class journal::snapshot
{
public:
    enum class old_file
    {
        sound,   // entries appended meanwhile are written to the old file, and copied
        suspect  // nothing is written to the old file: entries appended meanwhile wait for the new one
    };
    // Calls `between` each time some tenths of a millisecond of work are done; an exception from it ends the snapshot.
    snapshot(
        journal& of, std::uint64_t capacity, old_file how, std::function<void()> between = [] {});
    ~snapshot();
    snapshot(snapshot const&) = delete;
    void add(journal_entry const& entry);  // all records and addresses come before the tokens
    void rest() const { between_(); }      // call it after so much of other work, too
    // Returns how many of the units ever appended are on the disk.
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
