#include "tablefile/tokens_file.hpp"

#include "base/small_share.hpp"
#include "base/thread_name.hpp"
#include "tablefile/snapshot.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

// The writer, the keeper and the watcher.
namespace tokend {

void tokens_file::write_all(std::stop_token stop)
{
    constexpr std::chrono::milliseconds pause{100};
    name_this_thread("tokens-write");
    do_not_preempt();  // a worker appends everything it has ready, so one write is enough for all of it
    for (bool again = false; again || journal_->wait(stop);)
    {
        try
        {
            note(durability::written, journal_->write());
            again = false;
            continue;
        }
        catch (std::exception const& e)
        {
            report(write_trouble_, e.what());
        }
        again = rest(stop, pause);
        if (!again)
            return;
    }
}

void tokens_file::keep_all(std::stop_token stop)
{
    name_this_thread("tokens-keep");
    do_not_preempt();
    while (wait_for_work(stop))
    {
        std::string trouble;
        try
        {
            keep(stop);
        }
        catch (std::exception const& e)
        {
            trouble = e.what();
        }
        busy(false);
        if (!stop.stop_requested())
            report(keep_trouble_, std::move(trouble));
    }
}

// The time of the next round, unless a thread asks for an earlier one. REQUIRES: mutex_ is held.
tokens_file::steady::time_point tokens_file::due_at() const noexcept
{
    if (!logged_trouble_.empty() || journal_->needs_new_file())
        return kept_at_ + options_.retry;
    if (wants_snapshot_)
        return snapshot_again_;
    return kept_at_ + (written_ > on_disk_ ? options_.sync_interval : options_.look);
}

// Sleeps until a round is due. Returns false if a stop was requested.
bool tokens_file::wait_for_work(std::stop_token stop)
{
    std::unique_lock lock{mutex_};
    for (;;)
    {
        auto const until = due_at();
        if (stop.stop_requested())
            return false;
        if (commits_.waits_for_disk() || steady::now() >= until)
            return true;
        keeper_idle_ = until == kept_at_ + options_.look;
        keeper_.wait_until(lock, stop, until, [this] { return std::exchange(keeper_called_, false); });
        keeper_idle_ = false;
    }
}

void tokens_file::busy(bool begins)
{
    bool wake = false;
    {
        std::lock_guard const lock{mutex_};
        busy_since_ = begins ? steady::now() : steady::time_point{};
        wake = begins && watcher_.must_wake();
    }
    if (wake)
        watcher_.wake();
}

void tokens_file::synchronize()
{
    kept_at_ = steady::now();
    if (!journal_->is_synchronized())
        busy(true);
    note(durability::on_disk, journal_->synchronize());
}

// One round: makes a new file if the old one is incomplete, else does what is due.
void tokens_file::keep(std::stop_token stop)
{
    kept_at_ = steady::now();
    if (!journal_->needs_new_file())
    {
        synchronize();
        journal_->check_identity();
    }
    if (journal_->needs_new_file())
        return write_snapshot(journal::snapshot::old_file::suspect, stop);
    auto const no_room = "the disk has no room for more of the tokens file " + options_.path.string();
    report(no_room_, journal_->make_room() ? std::string{} : no_room);
    if (wants_snapshot_ || journal_->wants_snapshot(table_.size()))
        try_snapshot(stop);
}

// If the new file fails, the old one is as good as before.
void tokens_file::try_snapshot(std::stop_token stop)
{
    if (steady::now() < snapshot_again_)
        return;
    try
    {
        write_snapshot(journal::snapshot::old_file::sound, stop);
        snapshot_trouble_.clear();
        wants_snapshot_ = false;
    }
    catch (std::exception const& e)
    {
        snapshot_again_ = steady::now() + 10 * options_.retry;
        if (!stop.stop_requested() && snapshot_trouble_ != e.what())
            log_.warning("tokens file: no new snapshot, so its log grows on",
                         {{"reason", snapshot_trouble_ = e.what()}});
    }
}

bool tokens_file::is_synchronization_due()
{
    if (steady::now() >= kept_at_ + options_.sync_interval)
        return true;
    std::lock_guard const lock{mutex_};
    return commits_.waits_for_disk();
}

// While the snapshot is written, the old file is synchronized as often as ever, if it is sound, and the keeper leaves
// most of its core to others. If it is not sound, nobody can log in before the new file is there.
void tokens_file::write_snapshot(journal::snapshot::old_file how, std::stop_token stop)
{
    small_share share;
    auto const between = [&] {
        if (stop.stop_requested())
            throw std::runtime_error{"stopped"};
        busy(true);
        if (how == journal::snapshot::old_file::suspect)
            return;
        if (is_synchronization_due())
            synchronize();
        share.sleep();
    };
    journal::snapshot snapshot{*journal_, capacity_, how, between};
    tokend::write_snapshot(table_, snapshot, whole_seconds(clock_.now()));
    note(durability::on_disk, snapshot.finish());
    snapshots_.add();
}

// The writer and the keeper report calls that fail; this thread reports calls that do not return.
void tokens_file::watch(std::stop_token stop)
{
    name_this_thread("tokens-watch");
    auto const tick = std::max(options_.patience / 4, std::chrono::milliseconds{1});
    auto const has_work = [this] {
        return !commits_.is_empty() || busy_since_ != steady::time_point{} || !watch_trouble_.empty();
    };
    for (;;)
    {
        waiter_list done;
        waiter_list late;
        {
            std::unique_lock lock{mutex_};
            if (!watcher_.wait(lock, stop, has_work) || stop.stop_requested())
                return;
            watcher_.rest(lock, stop, tick);
            auto const now = steady::now();
            commits_.take_older(now - options_.patience, late);
            bool const keeper_late = busy_since_ != steady::time_point{} && now - busy_since_ > 5 * options_.patience;
            if (!late.empty() || keeper_late)
                watch_trouble_ = "the disk of the tokens file " + options_.path.string() + " does not answer";
            else if (busy_since_ == steady::time_point{} && written_ == journal_->appended())
                watch_trouble_.clear();
            judge(late);
            ++notifying_;
        }
        notify(done, late);
    }
}

}  // namespace tokend
