#pragma once

#include "base/clock.hpp"
#include "base/durable_store.hpp"
#include "base/log.hpp"
#include "journal/journal.hpp"
#include "journal/version_2.hpp"
#include "table/table.hpp"
#include "tablefile/commit_queue.hpp"
#include "tablefile/journal_chronicle.hpp"
#include "tablefile/restore.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace tokend {

struct tokens_file_options
{
    std::filesystem::path path{};
    std::chrono::milliseconds sync_interval{1000};  // how much a power cut may undo
    std::chrono::milliseconds patience{
        1000};                              // a disk that takes longer for a write counts as one that does not answer
    std::chrono::milliseconds retry{1000};  // pause between two attempts at a file that cannot be written
    std::chrono::milliseconds look{5000};   // between two looks whether the file is still there, when nothing happens
};

// The file that a table's tokens survive in. Construction takes in what is in it. From then on whatever happens to the table is
// appended to a buffer in memory; three threads of this object write the buffer to the file, synchronize it and make new
// snapshots, and watch that the disk answers. No other thread ever waits for the disk.
//
// While the file cannot be written, no token is issued, ends hold in memory alone, and whoever waits is told so at once. As soon as
// it can be written, a new snapshot brings everything that was missed to the disk.
class tokens_file final : public durable_store
{
public:
    // The clock does not begin before the newest issue or use in the file, if that is at most a day ahead. A file of version 2 is
    // taken over. Throws std::runtime_error, with a line that says what is wrong and what is right, and std::system_error.
    // REQUIRES: nothing was inserted; nobody uses the clock yet; all outlive this object, and nobody uses the table when it is
    // destroyed.
    tokens_file(table& kept, table_options const& made_for, clock& now, identify const& identity_of,
                version_2::upgrade_record const& upgrade, logger& log, tokens_file_options options);
    ~tokens_file();

    restored_tokens const& restored() const noexcept { return restored_; }

    // False: the file cannot be written, or cannot grow.
    bool takes_issues() const noexcept override
    {
        return takes_issues_.load(std::memory_order_relaxed) && !journal_->needs_new_file();
    }
    void wait(durability how, std::unique_ptr<commit_waiter> who) override;
    // Notifies all who wait with false; once this returns nobody is being notified. For the end, before the threads' loops are
    // destroyed. Thread-safe. REQUIRES: nobody waits later.
    void end_waits() noexcept;
    // Brings everything to the disk, at the end of the process. Trouble goes to the log. May take as long as the disk does.
    void finish() noexcept;

private:
    using steady = std::chrono::steady_clock;

    void take_in(table_options const& made_for, clock& now, identify const& identity_of);
    void set_clock(clock& now, std::chrono::sys_seconds newest);
    void link_restored();

    void write_all(std::stop_token stop);  // the writer
    void keep_all(std::stop_token stop);   // the keeper
    bool wait_for_work(std::stop_token stop);
    std::chrono::steady_clock::time_point due_at() const noexcept;
    void keep(std::stop_token stop);
    void synchronize();
    bool is_synchronization_due();
    void try_snapshot(std::stop_token stop);
    void busy(bool begins);  // the keeper is in a call to the disk
    void write_snapshot(journal::snapshot::old_file how, std::stop_token stop);
    void watch(std::stop_token stop);  // the watcher

    void note(durability how, std::uint64_t unit);
    bool rest(std::stop_token stop, std::chrono::milliseconds time);
    // What keeps the file from being written: each is one thread's to say. Empty: nothing.
    void report(std::string& trouble, std::string what);
    std::string const& trouble() const noexcept;
    void judge(waiter_list& out);  // REQUIRES: mutex_ is held
    void tell(waiter_list& done, waiter_list& refused) noexcept;

    table& table_;
    clock const& clock_;
    logger& log_;
    tokens_file_options const options_;
    std::uint64_t const capacity_;
    std::unique_ptr<journal> journal_;
    std::optional<journal_chronicle> chronicle_;
    restored_tokens restored_;
    std::atomic<bool> takes_issues_{true};

    std::mutex mutex_;  // guards what follows
    std::condition_variable_any resting_;
    std::condition_variable_any keeper_;
    std::condition_variable_any watcher_;
    commit_queue commits_;
    std::uint64_t written_ = 0;  // units of those that were ever appended
    std::uint64_t on_disk_ = 0;
    bool keeper_idle_ = false;    // it sleeps, and nothing is due soon
    bool keeper_called_ = false;  // it is to look again at what is due
    bool watcher_idle_ = false;
    int telling_ = 0;                  // threads that tell waiters
    steady::time_point busy_since_{};  // when the keeper's call to the disk began; zero: it is in no call
    std::string write_trouble_;        // the writer's
    std::string keep_trouble_;         // the keeper's
    std::string watch_trouble_;        // the watcher's
    std::string no_room_;              // the keeper's: what keeps the file from growing; ends still fit
    std::string told_trouble_;         // the last that was logged

    // The keeper's own.
    steady::time_point kept_at_{};  // the last round
    steady::time_point snapshot_again_{};
    bool wants_snapshot_ = false;
    std::string snapshot_trouble_;

    std::jthread linking_;  // ends by itself; last, as the next: they run over all above
    std::jthread writing_;
    std::jthread keeping_;
    std::jthread watching_;
};

// Bytes of disk that a file for such a table can take at most, the new one beside it included.
std::uint64_t most_disk_bytes(table_options const& options);

}  // namespace tokend
