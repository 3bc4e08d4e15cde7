#include "credential/blocking_pool.hpp"

#include "base/insist.hpp"
#include "base/thread_name.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace tokend {

using steady = std::chrono::steady_clock;

namespace {

constexpr auto never = steady::time_point::max();
constexpr std::size_t max_role = 9;  // with "-watch" or a number after it, the longest name of a thread

}  // namespace

class blocking_pool::crew : public std::enable_shared_from_this<crew>
{
public:
    crew(std::size_t threads, std::size_t queue_bound, reporter report, std::string role)
        : wanted_{threads}, queue_bound_{queue_bound}, report_{std::move(report)}, role_{std::move(role)}
    {
        assert(role_.size() <= max_role);
    }

    void start();
    bool try_run(job work);
    void charge(payer const& who, std::uint64_t turns);
    std::size_t queued() const;
    void begin_stop();
    bool ended_by(steady::time_point when);

private:
    // The job that a thread runs. Lives on the stack of that thread.
    struct running
    {
        std::string whose;
        std::chrono::milliseconds limit;
        steady::time_point due;
        bool overdue = false;
    };

    void add_thread();
    void work();
    void run_next(std::unique_lock<std::mutex>& lock);
    void watch();
    std::vector<overdue_job> find_overdue();
    void leave(std::size_t& count);

    std::size_t const wanted_;  // threads
    std::size_t const queue_bound_;
    reporter const report_;
    std::string const role_;
    mutable std::mutex mutex_;  // guards all below but the conditions
    fair_queue<job> queue_;
    std::vector<running*> running_;
    steady::time_point next_look_ = never;  // when the watcher wakes up
    std::size_t threads_ = 0;               // all of them
    std::size_t names_ = 0;                 // that threads have been given
    std::size_t watchers_ = 0;              // 1 until it has ended
    std::size_t idle_ = 0;                  // threads that wait for a job
    std::size_t overdue_ = 0;               // threads whose job runs too long
    bool stopping_ = false;
    std::condition_variable waiting_;   // where threads wait for a job
    std::condition_variable watching_;  // where the watcher waits for a job to begin
    std::condition_variable ending_;    // where stop() waits for the last thread
};

void blocking_pool::crew::start()
{
    std::lock_guard const lock{mutex_};
    running_.reserve(2 * wanted_);  // the threads that there can be, so that none of them needs memory
    while (threads_ < wanted_)
        add_thread();
    auto const name = role_ + "-watch";
    std::thread{[self = shared_from_this(), name] {
        name_this_thread(name.c_str());
        self->watch();
    }}.detach();
    ++watchers_;
}

// REQUIRES: the caller holds the mutex. Throws std::system_error.
void blocking_pool::crew::add_thread()
{
    auto const name = role_ + '-' + std::to_string(names_++);
    std::thread{[self = shared_from_this(), name] {
        name_this_thread(name.c_str());
        self->work();
    }}.detach();
    ++threads_;
}

bool blocking_pool::crew::try_run(job work)
{
    assert(work.run);
    std::optional<job> shed;
    {
        std::lock_guard const lock{mutex_};
        if (stopping_)
            return false;
        auto who = std::move(work.pays);
        auto const number = queue_.push(who, std::move(work));
        // The jobs that idle threads are about to take do not count as queued.
        if (queue_.size() > queue_bound_ + idle_)
        {
            auto [which, out] = queue_.shed();
            if (which == number)
                return false;
            shed = std::move(out);
        }
    }
    waiting_.notify_one();
    if (shed && shed->refuse)
        shed->refuse();
    return true;
}

void blocking_pool::crew::charge(payer const& who, std::uint64_t turns)
{
    std::lock_guard const lock{mutex_};
    queue_.charge(who, turns);
}

std::size_t blocking_pool::crew::queued() const
{
    std::lock_guard const lock{mutex_};
    return queue_.size();
}

void blocking_pool::crew::begin_stop()
{
    fair_queue<job> dropped;  // destroyed after the lock is released: a job may own objects whose destructors take long
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
        std::swap(dropped, queue_);
    }
    waiting_.notify_all();
    watching_.notify_all();
}

bool blocking_pool::crew::ended_by(steady::time_point when)
{
    std::unique_lock lock{mutex_};
    auto const ended = [this] { return threads_ == 0 && watchers_ == 0; };
    if (when != never)
        return ending_.wait_until(lock, when, ended);
    ending_.wait(lock, ended);
    return true;
}

void blocking_pool::crew::work()
{
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19);  // on Linux, of this thread alone
    std::unique_lock lock{mutex_};
    while (!stopping_ && threads_ - overdue_ <= wanted_)
    {
        ++idle_;
        waiting_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        --idle_;
        if (!stopping_)
            run_next(lock);
    }
    leave(threads_);
}

void blocking_pool::crew::run_next(std::unique_lock<std::mutex>& lock)
{
    auto next = queue_.pop();
    bool const others_wait = !queue_.empty();
    running here{std::move(next.whose), next.limit, steady::now() + next.limit};
    running_.push_back(&here);
    bool const too_late = here.due < next_look_;
    lock.unlock();
    if (too_late)
        watching_.notify_one();
    if (others_wait && next.is_unwanted && next.is_unwanted())
        next.refuse();
    else
        next.run();
    next = job{};  // destroys what it holds, perhaps a secret, before the next wait
    lock.lock();
    std::erase(running_, &here);
    overdue_ -= here.overdue;
}

void blocking_pool::crew::watch()
{
    std::unique_lock lock{mutex_};
    while (!stopping_)
    {
        next_look_ = never;
        for (auto const* r : running_)
            next_look_ = r->overdue ? next_look_ : std::min(next_look_, r->due);
        if (next_look_ == never)
            watching_.wait(lock);
        else
            watching_.wait_until(lock, next_look_);
        auto const found = insist([this] { return find_overdue(); });
        lock.unlock();
        for (auto const& one : found)
            if (report_)
                report_(one);
        lock.lock();
    }
    leave(watchers_);
}

// REQUIRES: the caller holds the mutex.
std::vector<blocking_pool::overdue_job> blocking_pool::crew::find_overdue()
{
    std::vector<overdue_job> found;
    found.reserve(running_.size());
    for (auto* r : running_)
    {
        if (r->overdue || r->due > steady::now())
            continue;
        overdue_job job{r->whose, r->limit, false};
        r->overdue = true;
        ++overdue_;
        try
        {
            if (threads_ < 2 * wanted_)
            {
                add_thread();
                job.replaced = true;
            }
        }
        catch (std::exception const&)
        {
            // There is no room for another thread, or no memory.
        }
        found.push_back(std::move(job));
    }
    return found;
}

// REQUIRES: the caller holds the mutex, and its thread ends.
void blocking_pool::crew::leave(std::size_t& count)
{
    --count;
    ending_.notify_all();
}

blocking_pool::blocking_pool(std::size_t threads, std::size_t queue_bound, reporter report, std::string role)
    : crew_{std::make_shared<crew>(threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency() / 2),
                                   queue_bound, std::move(report), std::move(role))}
{
    try
    {
        crew_->start();
    }
    catch (...)
    {
        crew_->begin_stop();
        throw;
    }
}

blocking_pool::~blocking_pool() { stop(); }

bool blocking_pool::try_run(job work) { return crew_->try_run(std::move(work)); }

void blocking_pool::charge(payer const& who, std::uint64_t turns) { crew_->charge(who, turns); }

std::size_t blocking_pool::queued() const { return crew_->queued(); }

void blocking_pool::stop() { static_cast<void>(stop_until(never)); }

bool blocking_pool::stop_until(steady::time_point when)
{
    crew_->begin_stop();
    return crew_->ended_by(when);
}

}  // namespace tokend
