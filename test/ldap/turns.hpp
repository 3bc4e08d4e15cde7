#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace tokend::test {

// The turns of a loop: from when its thread has its events until it asks for the next ones. epoll_wait(2), which the linker wraps for
// this, tells where they begin and end. Whatever a host does to a virtual machine, a thread that was blocked in a turn has given its
// core away by itself, and one that waited for events, or computed, has not.
class turns
{
public:
    void watch();  // the thread that calls it, from now on

    // The longest time that the thread slept or waited for something within one turn. Any thread.
    std::chrono::nanoseconds longest_block() const noexcept { return std::chrono::nanoseconds{longest_.load()}; }

    // For the wrapper.
    void begin();
    void end();

private:
    // Of the watched thread alone.
    std::chrono::nanoseconds
        idle_{};       // at the turn's beginning: all time in which it neither had a core nor waited for one
    long sleeps_ = 0;  // so far: how often it gave its core away by itself
    std::atomic<std::int64_t> longest_{0};
};

}  // namespace tokend::test
