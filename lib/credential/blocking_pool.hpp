#pragma once

#include "credential/fair_queue.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tokend {

// Threads for work that blocks or computes for long: password hashes, and plugins that declare it. They run at nice 19,
// so that validations beside them keep their pace. Who pays for the jobs takes turns: see fair_queue. The queue is
// bounded; if a job does not fit, the newest of the longest queue goes, which may be this one.
//
// A job that runs longer than its limit is reported once, and its thread is replaced while the pool has fewer than
// twice its threads: a plugin or a file system that hangs does not take the pool with it. A replaced thread ends when
// its job returns. A further thread watches the limits; it sleeps while no job runs. Thread-safe.
class blocking_pool
{
public:
    struct job
    {
        // None of these may throw.
        std::function<void()> run;
        std::function<void()> refuse{};       // instead of `run`, after it was queued
        std::function<bool()> is_unwanted{};  // asked before `run` if other jobs wait; true: it is refused
        std::string whose{};                  // the backend's id, for the report
        payer pays{};
        std::chrono::milliseconds limit = std::chrono::minutes{1};
    };
    struct overdue_job
    {
        std::string whose;
        std::chrono::milliseconds limit;
        bool replaced;  // false: the pool has as many threads as it may have
    };
    using reporter = std::function<void(overdue_job const&)>;  // on the watching thread; must not throw

    // 0 threads: half of the cores, at least one. The threads' names begin with `role`. Throws std::system_error.
    // REQUIRES: `role` has at most 9 characters.
    blocking_pool(std::size_t threads, std::size_t queue_bound, reporter report = {}, std::string role = "hash");
    ~blocking_pool();  // stops
    blocking_pool(blocking_pool const&) = delete;

    [[nodiscard]] bool try_run(job work);  // returns false if it does not fit, or the pool has stopped
    // Somebody who waits for this pool has cost more than his job: he gives way for so many turns.
    void charge(payer const& who, std::uint64_t turns);
    std::size_t queued() const;  // jobs that wait for a thread
    // Drops the queued jobs and waits for the running ones.
    void stop();
    // The same, but waits no longer than until `when`. Returns false if a job still runs. The destructor would wait for
    // it, so a caller that cannot wait must end the process without the destructor.
    [[nodiscard]] bool stop_until(std::chrono::steady_clock::time_point when);

private:
    class crew;
    std::shared_ptr<crew> const crew_;  // shared with its threads
};

}  // namespace tokend
