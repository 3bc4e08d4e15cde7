#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace tokend::plugin::ldap {

// How long a loop is held by one turn: from when its thread has its events until it asks for the next ones. epoll_wait(2),
// for which the linker puts a wrapper, tells where turns begin and end. A turn holds the loop while it computes, and
// while it is blocked: then the thread has given its core away by itself. Time in which it had no core though it wanted
// one is the machine's (the run queue) or its host's (steal), and does not count.
class lag_gauge
{
public:
    static constexpr std::chrono::milliseconds limit{20};

    // `told` is called by the loop's thread when a turn was longer than the limit and than any before.
    explicit lag_gauge(std::function<void(std::chrono::milliseconds)> told) : told_{std::move(told)} {}
    ~lag_gauge();
    lag_gauge(lag_gauge const&) = delete;

    void watch();  // the thread that calls it, from now on. REQUIRES: it ends before this object does

    std::chrono::nanoseconds longest() const noexcept
    {
        return std::chrono::nanoseconds{longest_.load()};
    }  // any thread

    // For the wrapper.
    void begin_turn();
    void end_turn();

private:
    struct reading
    {
        std::chrono::nanoseconds wall;
        std::chrono::nanoseconds on_core;
        std::chrono::nanoseconds queued;  // waited for a core; 0 where the kernel does not tell
    };
    reading read() const;
    std::chrono::nanoseconds queued() const;

    std::function<void(std::chrono::milliseconds)> const told_;
    int schedstat_ = -1;
    // Of the watched thread alone. Reading costs system calls: `since_` is read once a millisecond at most, so that a
    // turn may seem that much longer than it was, and never shorter.
    reading since_{};
    long sleeps_ = 0;  // how often the thread had given its core away by itself when the turn began
    std::atomic<std::int64_t> longest_{0};
};

}  // namespace tokend::plugin::ldap
