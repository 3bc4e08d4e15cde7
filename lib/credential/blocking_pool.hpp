#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace tokend {

// Threads for work that computes long or blocks: password hashes, plugins that say so. They run at nice 19, so that validations
// next to them keep their pace, and their queue is bounded: what does not fit is refused at once, never waited for.
//
// A job that runs longer than its limit is reported, once, and its thread is replaced, as long as there are fewer than twice the
// threads: a plugin or a file system that hangs does not take the pool with it. A thread that comes back then is one too many and
// ends. One more thread watches; it sleeps while no job runs. Thread-safe.
class blocking_pool
{
public:
    struct job
    {
        std::function<void()> run;  // must not throw
        std::string whose{};        // for the report: a backend's id
        std::chrono::milliseconds limit = std::chrono::minutes{1};
    };
    struct overdue_job
    {
        std::string whose;
        std::chrono::milliseconds limit;
        bool replaced;  // its thread; else there are as many as there may be
    };
    using reporter = std::function<void(overdue_job const&)>;  // on the watching thread; must not throw

    // 0 threads: half of the cores, at least one. `role`: what their names begin with, at most 9 characters. Throws
    // std::system_error.
    blocking_pool(std::size_t threads, std::size_t queue_bound, reporter report = {}, std::string role = "hash");
    ~blocking_pool();  // stops
    blocking_pool(blocking_pool const&) = delete;

    [[nodiscard]] bool try_run(job work);  // false: as many jobs wait as may
    // Drops what is queued and waits for what is running; then no job runs.
    void stop();
    // The same until `when`. Returns false if something still runs; the destructor would wait for it, so whoever cannot wait has
    // to end the process without it.
    [[nodiscard]] bool stop_until(std::chrono::steady_clock::time_point when);

private:
    class crew;
    std::shared_ptr<crew> const crew_;  // shared with its threads
};

}  // namespace tokend
