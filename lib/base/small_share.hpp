#pragma once

#include "base/task.hpp"

#include <chrono>

namespace tokend {

// Keeps long work to a fifth of its loop, or of its core. The work is done in slices of some ten microseconds, and
// waits after each of them. Other work that is ready is done meanwhile, also that which the slices have made for other
// threads; without the wait they would still be busy when the next request comes in. Not thread-safe.
class small_share
{
public:
    using duration = std::chrono::steady_clock::duration;

    // Call one of them after each slice. Waits pause_after() the time since the last wait, or since the construction.
    task<void> step_back();  // the loop goes on
    void sleep();            // the thread sleeps

    // Nothing if that was hardly any work, less than 20 us. Else four times as long, but at most 20 ms: work that took
    // very long was interrupted.
    static duration pause_after(duration worked) noexcept;

private:
    using time_point = std::chrono::steady_clock::time_point;

    time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace tokend
