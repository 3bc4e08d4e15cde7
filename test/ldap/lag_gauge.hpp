#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace tokend::test {

// Measures how long one turn holds a loop: from when epoll_wait(2) returns until its thread calls it again. The file
// replaces that function. Time counts while the turn computes and while it is blocked, that is when the thread has
// given up its core by itself. Time in which it wanted a core and had none (run queue, steal) does not count.
class lag_gauge
{
public:
    static constexpr std::chrono::milliseconds limit{20};

    // The loop's thread calls `report` after a turn that is longer than the limit and than any before.
    explicit lag_gauge(std::function<void(std::chrono::milliseconds)> report) : report_{std::move(report)} {}
    ~lag_gauge();
    lag_gauge(lag_gauge const&) = delete;

    void watch();  // measures the calling thread from now on. REQUIRES: the thread ends before this object

    std::chrono::nanoseconds longest() const noexcept
    {
        return std::chrono::nanoseconds{longest_.load()};
    }  // any thread

    // For epoll_wait().
    void begin_turn();
    void end_turn();

private:
    struct reading
    {
        std::chrono::nanoseconds wall;
        std::chrono::nanoseconds on_core;
        std::chrono::nanoseconds queued;  // waited for a core; 0 where the kernel does not report it
    };
    reading read() const;
    std::chrono::nanoseconds queued() const;

    std::function<void(std::chrono::milliseconds)> const report_;
    int schedstat_ = -1;
    // For the watched thread alone. Reading costs system calls, so `since_` is read once a millisecond at most: a turn
    // may seem that much longer than it was, and never shorter.
    reading since_{};
    long sleeps_ = 0;  // how often the thread had given up its core by itself when the turn began
    std::atomic<std::int64_t> longest_{0};
};

}  // namespace tokend::test
