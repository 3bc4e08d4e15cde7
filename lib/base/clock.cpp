#include "base/clock.hpp"

#include <time.h>

namespace tokend {

std::chrono::nanoseconds boot_time() noexcept
{
    timespec t{};
    ::clock_gettime(CLOCK_BOOTTIME, &t);
    return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

clock::clock() : wall_minus_boot_{std::chrono::system_clock::now().time_since_epoch() - boot_time()} {}

timestamp clock::now() const noexcept { return timestamp{wall_minus_boot_ + boot_time()}; }

}  // namespace tokend
