#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace tokend::test {

// The turns of a loop: from when its thread has its events until it asks for the next ones. epoll_wait(2), which the linker wraps for
// this, tells where they begin and end. A turn holds the loop while it computes, and while it is blocked: then the thread has given its
// core away by itself. Time in which it had no core though it wanted one is the machine's, or its host's.
class turns
{
public:
    void watch();  // the thread that calls it, from now on

    // The longest that one turn held the loop. Any thread.
    std::chrono::nanoseconds longest_hold() const noexcept { return std::chrono::nanoseconds{longest_.load()}; }

    // For the wrapper.
    void begin();
    void end();

private:
    // Of the watched thread alone.
    // At the turn's beginning:
    std::chrono::nanoseconds computed_{};  // all time on a core
    std::chrono::nanoseconds idle_{};      // all time in which it neither had a core nor waited for one
    long sleeps_ = 0;                      // how often it had given its core away by itself
    std::atomic<std::int64_t> longest_{0};
};

}  // namespace tokend::test
