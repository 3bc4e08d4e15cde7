#pragma once

#include <algorithm>
#include <chrono>

namespace tokend {

using timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;  // an instant, UTC

// Tells the time to the whole process: the wall clock as it was at construction, plus CLOCK_BOOTTIME since. So steps of the wall
// clock change nothing, and time spent suspended counts. Never goes back. Any thread.
class clock
{
public:
    clock();
    timestamp now() const noexcept;

    // From now on it is at least that late. REQUIRES: nobody else uses the clock yet.
    void not_before(timestamp t) noexcept { wall_minus_boot_ += std::max(t - now(), timestamp::duration{}); }

private:
    std::chrono::nanoseconds wall_minus_boot_;
};

// Since boot, suspended time included (CLOCK_BOOTTIME): the time scale of deadlines that cross the plugin ABI.
std::chrono::nanoseconds boot_time() noexcept;

inline std::chrono::sys_seconds whole_seconds(timestamp t) noexcept
{
    return std::chrono::floor<std::chrono::seconds>(t);
}

}  // namespace tokend
