#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tokend {

// Threads for work that computes long or blocks: password hashes, plugins that say so. They run at nice 19, so that validations
// next to them keep their pace, and their queue is bounded: what does not fit is refused at once, never waited for. Any thread.
class blocking_pool
{
public:
    using job = std::function<void()>;  // must not throw

    blocking_pool(std::size_t threads, std::size_t queue_bound);  // 0 threads: half of the cores, at least one
    ~blocking_pool();                                             // stops
    blocking_pool(blocking_pool const&) = delete;

    bool try_run(job work);  // false: as many jobs wait as may
    void run(job work);      // for the administrator's rare jobs: past the bound
    void stop();             // drops what is queued and waits for what is running; then nothing runs any more

private:
    void work();

    std::size_t const queue_bound_;
    std::mutex mutex_;  // guards the three below
    std::deque<job> queue_;
    bool stopping_ = false;
    std::size_t idle_ = 0;  // threads that wait for a job
    std::condition_variable waiting_;
    std::vector<std::thread> threads_;
};

}  // namespace tokend
