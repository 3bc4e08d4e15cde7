#pragma once

#include "base/clock.hpp"
#include "base/commit_queue.hpp"
#include "base/counts.hpp"
#include "base/durable_store.hpp"
#include "base/idle_wait.hpp"
#include "base/log.hpp"
#include "journal/journal.hpp"
#include "journal/version_2.hpp"
#include "table/table.hpp"
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
    std::chrono::milliseconds sync_interval{1000};  // a power cut may undo this much
    std::chrono::milliseconds patience{1000};       // a disk that takes longer for a write does not answer
    std::chrono::milliseconds retry{1000};          // pause between two attempts at a file that cannot be written
    std::chrono::milliseconds look{5000};  // between two checks that the file still exists, when nothing happens
};

// The file in which a table's tokens survive the process. Construction restores the tokens in it. From then on
// everything that happens to the table is appended to a buffer in memory. This object has three threads: the writer
// writes the buffer to the file, the keeper synchronizes the file and makes new snapshots, and the watcher checks that
// the disk answers. No other thread waits for the disk.
//
// While the file cannot be written, no token is issued, ends are in memory alone, and waiters are refused at once. As
// soon as it can be written again, a new snapshot brings everything that was missed to the disk.
class tokens_file final : public durable_store
{
public:
    // Moves the clock on to the newest issue or use in the file, if that is at most a day ahead. Takes over a file of
    // version 2. Throws std::system_error, and std::runtime_error with a line that explains what is wrong and what is
    // right. REQUIRES: the table is new; no thread uses the clock yet; the arguments outlive this object, and no thread
    // uses the table while it is destroyed.
    tokens_file(table& kept, table_options const& made_for, clock& now, identify const& owner_of,
                version_2::upgrade_record const& upgrade, logger& log, tokens_file_options options);
    ~tokens_file();

    restored_tokens const& restored() const noexcept { return restored_; }

    // Returns false if the file cannot be written or cannot grow.
    bool takes_issues() const noexcept override
    {
        return takes_issues_.load(std::memory_order_relaxed) && !journal_->needs_new_file();
    }
    // How far the file is behind what has happened, in units of the log, which have 48 bytes. Thread-safe.
    struct lag
    {
        std::uint64_t unwritten = 0;
        std::uint64_t not_on_disk = 0;
    };
    lag behind();
    std::uint64_t bytes() const noexcept { return journal_->bytes(); }
    std::uint64_t snapshots() const noexcept { return snapshots_.get(); }  // that were completed; thread-safe
    void wait(durability how, std::unique_ptr<commit_waiter> who) override;
    // Notifies all waiters with false. When it returns, no waiter is being notified. Call it before the loops of the
    // waiters are destroyed. Thread-safe. REQUIRES: no later call of wait().
    void end_waits() noexcept;
    // Brings everything to the disk at the end of the process. Logs errors. May take as long as the disk does.
    void finish() noexcept;

private:
    using steady = std::chrono::steady_clock;

    void take_in(table_options const& made_for, clock& now, identify const& owner_of);
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
    // Sets the reason why the file cannot be written; empty: no reason. Each thread has a reason of its own.
    void report(std::string& trouble, std::string what);
    std::string const& trouble() const noexcept;
    void judge(waiter_list& out);  // REQUIRES: mutex_ is held
    void notify(waiter_list& done, waiter_list& refused) noexcept;

    table& table_;
    clock const& clock_;
    logger& log_;
    tokens_file_options const options_;
    std::uint64_t const capacity_;
    std::unique_ptr<journal> journal_;
    std::optional<journal_chronicle> chronicle_;
    restored_tokens restored_;
    shared_count snapshots_;
    std::atomic<bool> takes_issues_{true};

    std::mutex mutex_;  // guards what follows
    std::condition_variable_any resting_;
    std::condition_variable_any keeper_;
    idle_wait watcher_;
    commit_queue commits_;
    std::uint64_t written_ = 0;  // of the units ever appended
    std::uint64_t on_disk_ = 0;
    bool keeper_idle_ = false;         // the keeper sleeps, and nothing is due soon
    bool keeper_called_ = false;       // the keeper has to check again what is due
    int notifying_ = 0;                // threads that are notifying waiters
    steady::time_point busy_since_{};  // when the keeper's call to the disk began; zero: no call
    std::string write_trouble_;        // the writer's
    std::string keep_trouble_;         // the keeper's
    std::string watch_trouble_;        // the watcher's
    std::string no_room_;              // the keeper's: why the file cannot grow; ends still fit
    std::string logged_trouble_;       // the last one that was logged

    // For the keeper alone.
    steady::time_point kept_at_{};  // the last round
    steady::time_point snapshot_again_{};
    bool wants_snapshot_ = false;
    std::string snapshot_trouble_;

    std::jthread linking_;  // ends by itself. The threads are last: they use everything above
    std::jthread writing_;
    std::jthread keeping_;
    std::jthread watching_;
};

// The most bytes that the file of such a table can take on the disk, including the new file beside it.
std::uint64_t most_disk_bytes(table_options const& options);

}  // namespace tokend
