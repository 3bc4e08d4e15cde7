#include "audit/audit_log.hpp"

#include "base/commit_queue.hpp"
#include "base/counts.hpp"
#include "base/idle_wait.hpp"
#include "base/thread_name.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <iterator>
#include <list>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t most_at_once = 256;  // records that are written together

struct entry
{
    std::string line;
    std::uint64_t number;  // counts the entries
    bool is_awaited;
};

}  // namespace

// The queued records, and the loops of the two threads, which need no memory of their own: without any, nothing that is
// queued is lost.
class audit_log::queue
{
public:
    queue(std::unique_ptr<audit_sink> to, audit_rules const& rules, clock const& now, logger& log)
        : sink_{std::move(to)}, rules_{rules}, clock_{now}, log_{log}
    {
        lines_.reserve(most_at_once);
    }

    std::uint64_t lost() const noexcept { return all_lost_.get(); }
    bool refuses() const noexcept { return refuses_.load(std::memory_order_relaxed); }

    void add(audit_record const& r)
    {
        auto line = format_record(r, clock_.now());
        std::unique_lock lock{mutex_};
        bool const taken = has_room();
        if (taken)
            push(std::move(line), false);
        else
            lose();
        judge();
        lock.unlock();
        taken ? changed_.notify_one() : report_loss();
    }

    void add(audit_record const& r, std::unique_ptr<commit_waiter> waiter)
    {
        auto line = format_record(r, clock_.now());
        std::unique_lock lock{mutex_};
        if (refuses() || !has_room())
        {
            lock.unlock();
            auto& w = *waiter;
            return w.notify(std::move(waiter), false);
        }
        commits_.add(durability::written, push(std::move(line), true), steady::now(), std::move(waiter));
        judge();
        bool const watcher = watcher_.must_wake();
        lock.unlock();
        changed_.notify_one();
        if (watcher)
            watcher_.wake();
    }

    void count_loss() noexcept
    {
        {
            std::lock_guard const lock{mutex_};
            lose();
        }
        report_loss();
    }

    void reopen()
    {
        std::lock_guard const lock{mutex_};
        reopen_ = true;
        changed_.notify_one();
    }

    void flush() noexcept
    {
        std::unique_lock lock{mutex_};
        settled_.wait_for(lock, std::chrono::milliseconds{100}, [this] { return is_empty(); });
    }

    void end_waits() noexcept
    {
        waiter_list refused;
        {
            std::unique_lock lock{mutex_};
            settled_.wait(lock, [this] { return notifying_ == 0; });
            commits_.take_all(refused);
        }
        refused.notify(false);
    }

    // Returns true once the writer has ended, false if the target hangs. In the second case the writer ends when the
    // target goes on, and until then uses nothing but this object.
    bool finish()
    {
        std::unique_lock lock{mutex_};
        stopping_ = true;
        changed_.notify_one();
        abandoned_ = !settled_.wait_for(lock, rules_.at_end, [this] { return ended_; });
        if (auto const left = queue_.size() + in_flight_; left > 0)
            log_.error("audit records are lost at the end", {{"records", static_cast<std::int64_t>(left)}});
        return !abandoned_;
    }

    void write_all()
    {
        name_this_thread("audit");
        std::unique_lock lock{mutex_};
        while (await_work(lock))
        {
            while (std::exchange(reopen_, false))
                reopen_now(lock);
            auto batch = take_batch();
            if (!batch.empty())
                write(std::move(batch), lock);
            if (abandoned_ || (stopping_ && in_trouble_))
                break;
        }
        ended_ = true;
        settled_.notify_all();
    }

    // Reports a target that hangs, which the writer cannot do.
    void watch(std::stop_token stop)
    {
        name_this_thread("audit-watch");
        auto const tick = std::max(rules_.patience / 4, std::chrono::milliseconds{1});
        std::unique_lock lock{mutex_};
        for (;;)
        {
            if (!watcher_.wait(lock, stop, [this] { return !commits_.is_empty(); }) || stop.stop_requested())
                return;
            watcher_.rest(lock, stop, tick);
            waiter_list late;
            commits_.take_older(steady::now() - rules_.patience, late);
            if (late.empty())
                continue;
            fail("the target does not answer", late);
            notify(late, false, lock);
        }
    }

private:
    bool is_empty() const noexcept { return queue_.empty() && in_flight_ == 0; }
    bool has_room() const noexcept { return queue_.size() + in_flight_ < rules_.queue; }

    void lose() noexcept
    {
        ++lost_;
        all_lost_.add();
    }

    // The line of a loss comes where the records are missing. REQUIRES: has_room().
    std::uint64_t push(std::string line, bool is_awaited)
    {
        if (lost_ > 0)
            push_loss();
        queue_.push_back({std::move(line), ++number_, is_awaited});
        return number_;
    }

    void push_loss()
    {
        queue_.push_back({format_loss(lost_, clock_.now()), ++number_, false});
        lost_ = 0;
    }

    // The records that wait are tried again and again, so a target that takes nothing is given no others. Without any,
    // the next one is the attempt.
    void judge() noexcept
    {
        refuses_.store(rules_.on_failure == on_audit_failure::refuse && in_trouble_ && !is_empty(),
                       std::memory_order_relaxed);
    }

    void report_loss() noexcept { log_.count(log_level::warning, "audit records are lost", "audit", {}); }

    // Returns false if everything is written and the audit log is ending.
    bool await_work(std::unique_lock<std::mutex>& lock)
    {
        if (in_trouble_ && !stopping_)
            changed_.wait_for(lock, rules_.retry, [this] { return stopping_ || reopen_; });
        changed_.wait(lock, [this] { return stopping_ || reopen_ || !queue_.empty(); });
        return reopen_ || !queue_.empty();
    }

    void reopen_now(std::unique_lock<std::mutex>& lock)
    {
        lock.unlock();
        try
        {
            sink_->reopen();
            lock.lock();
        }
        catch (std::exception const& e)
        {
            lock.lock();
            if (!abandoned_)
                log_.error("audit log is not opened again, the old one is kept", {{"reason", e.what()}});
        }
    }

    std::list<entry> take_batch() noexcept
    {
        auto const count = std::min(queue_.size(), most_at_once);
        std::list<entry> batch;
        batch.splice(batch.begin(), queue_, queue_.begin(), std::next(queue_.begin(), std::ptrdiff_t(count)));
        in_flight_ = count;
        return batch;
    }

    audit_sink::progress try_to_write() const
    {
        try
        {
            return sink_->write(lines_);
        }
        catch (std::bad_alloc const&)
        {
            return {0, "no memory"};  // short enough to need none
        }
        catch (std::exception const& e)
        {
            return {0, e.what()};
        }
    }

    void write(std::list<entry> batch, std::unique_lock<std::mutex>& lock)
    {
        lines_.clear();
        for (auto& e : batch)
            lines_.push_back(std::move(e.line));
        lock.unlock();
        auto const done = try_to_write();
        lock.lock();
        if (abandoned_)
            return;
        in_flight_ = 0;
        waiter_list written;
        waiter_list refused;
        auto const left = std::next(batch.begin(), static_cast<std::ptrdiff_t>(done.lines));
        if (done.lines > 0)
            commits_.take(durability::written, std::prev(left)->number, written);
        batch.erase(batch.begin(), left);
        auto line = std::next(lines_.begin(), static_cast<std::ptrdiff_t>(done.lines));
        for (auto& e : batch)
            e.line = std::move(*line++);
        batch.remove_if([](entry const& e) { return e.is_awaited; });
        queue_.splice(queue_.begin(), batch);
        done.trouble.empty() ? mend() : fail(done.trouble, refused);
        notify(written, true, lock);
        notify(refused, false, lock);
    }

    void mend() noexcept
    {
        if (std::exchange(in_trouble_, false))
            log_.info("audit log can be written again");
        try
        {
            if (lost_ > 0 && has_room())
                push_loss();
        }
        catch (std::bad_alloc const&)
        {}  // the next record brings it
        judge();
    }

    // Forgets the records that answers wait for, and moves all waiters to `refused`.
    void fail(std::string_view why, waiter_list& refused) noexcept
    {
        commits_.take_all(refused);
        queue_.remove_if([](entry const& e) { return e.is_awaited; });
        if (!std::exchange(in_trouble_, true))
            log_.error(rules_.on_failure == on_audit_failure::refuse
                           ? "audit log cannot be written: nothing is answered that has to be recorded"
                           : "audit log cannot be written: records wait, and are lost when there is no room for them",
                       {{"reason", why}});
        judge();
    }

    void notify(waiter_list& waiters, bool done, std::unique_lock<std::mutex>& lock)
    {
        ++notifying_;
        lock.unlock();
        waiters.notify(done);
        lock.lock();
        --notifying_;
        settled_.notify_all();
    }

    std::unique_ptr<audit_sink> const sink_;  // the writer's
    audit_rules const rules_;
    clock const& clock_;  // used by the writer until the queue is abandoned, like the log
    logger& log_;
    shared_count all_lost_;
    std::atomic<bool> refuses_{false};  // written under the lock, read by all without it
    std::mutex mutex_;                  // guards all below
    std::condition_variable changed_;
    std::condition_variable settled_;
    idle_wait watcher_;
    std::list<entry> queue_;
    std::vector<std::string> lines_;  // of the batch; the writer's
    commit_queue commits_;
    std::uint64_t number_ = 0;
    std::size_t in_flight_ = 0;  // entries that the writer has taken and that are not written yet
    std::size_t lost_ = 0;       // since the last line that says so
    std::size_t notifying_ = 0;
    bool in_trouble_ = false;  // the target takes nothing
    bool reopen_ = false;
    bool stopping_ = false;
    bool ended_ = false;
    bool abandoned_ = false;  // the audit log is gone
};

audit_log::audit_log(std::unique_ptr<audit_sink> to, audit_rules const& rules, clock const& now, logger& log)
    : rules_{rules}, queue_{std::make_shared<queue>(std::move(to), rules, now, log)}, writer_{[q = queue_] {
          q->write_all();
      }}
{
    if (answers_wait())
        watcher_ = std::jthread{[this](std::stop_token stop) { queue_->watch(stop); }};
}

audit_log::~audit_log()
{
    watcher_ = {};
    if (queue_->finish())
        writer_.join();
    else
        writer_.detach();
}

bool audit_log::takes_issues() const noexcept { return !queue_->refuses(); }

void audit_log::write(audit_record const& r) noexcept
try
{
    queue_->add(r);
}
catch (...)
{
    queue_->count_loss();  // no memory
}

void audit_log::write(audit_record const& r, std::unique_ptr<commit_waiter> waiter)
{
    queue_->add(r, std::move(waiter));
}

std::uint64_t audit_log::lost() const noexcept { return queue_->lost(); }

void audit_log::reopen() noexcept { queue_->reopen(); }

void audit_log::flush() noexcept { queue_->flush(); }

void audit_log::end_waits() noexcept { queue_->end_waits(); }

}  // namespace tokend
