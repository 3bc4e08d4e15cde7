#include "credential/blocking_pool.hpp"

#include "base/thread_name.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace tokend {

blocking_pool::blocking_pool(std::size_t threads, std::size_t queue_bound) : queue_bound_{queue_bound}
{
    if (threads == 0)
        threads = std::max(1U, std::thread::hardware_concurrency() / 2);
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this, name = "hash-" + std::to_string(i)] {
            name_this_thread(name.c_str());
            work();
        });
}

blocking_pool::~blocking_pool() { stop(); }

void blocking_pool::stop()
{
    std::deque<job> dropped;  // destroyed without the lock: a job may own what takes long to end
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
        dropped.swap(queue_);
    }
    waiting_.notify_all();
    for (auto& t : threads_)
        if (t.joinable())
            t.join();
}

bool blocking_pool::try_run(job work)
{
    {
        std::lock_guard const lock{mutex_};
        // A job that an idle thread is about to take does not wait.
        if (stopping_ || queue_.size() >= queue_bound_ + idle_)
            return false;
        queue_.push_back(std::move(work));
    }
    waiting_.notify_one();
    return true;
}

void blocking_pool::run(job work)
{
    {
        std::lock_guard const lock{mutex_};
        queue_.push_back(std::move(work));
    }
    waiting_.notify_one();
}

void blocking_pool::work()
{
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19);  // of this thread only (Linux)
    std::unique_lock lock{mutex_};
    for (;;)
    {
        ++idle_;
        waiting_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        --idle_;
        if (stopping_)
            return;
        auto next = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        next();
        next = nullptr;  // what it holds, a secret perhaps, goes before the next wait
        lock.lock();
    }
}

}  // namespace tokend
