#pragma once

#include <algorithm>
#include <chrono>

namespace tokend {

using timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;  // an instant, UTC

// The time for the whole process: the wall clock as it was at construction, plus the CLOCK_BOOTTIME that has passed
// since. Steps of the wall clock change nothing, and time during which the system was suspended counts. The time never
// goes back. now() is thread-safe.
class clock
{
public:
    clock();
    timestamp now() const noexcept;

    // Puts the clock forward to `t`; does nothing if it is later already. REQUIRES: no other thread uses the clock yet.
    void not_before(timestamp t) noexcept { wall_minus_boot_ += std::max(t - now(), timestamp::duration{}); }

private:
    std::chrono::nanoseconds wall_minus_boot_;
};

// Time since boot, suspended time included (CLOCK_BOOTTIME). Deadlines in the plugin ABI are on this scale.
// Thread-safe.
std::chrono::nanoseconds boot_time() noexcept;

inline std::chrono::sys_seconds whole_seconds(timestamp t) noexcept
{
    return std::chrono::floor<std::chrono::seconds>(t);
}

}  // namespace tokend
