#include "table/expiry_alarm.hpp"

#include <algorithm>

namespace tokend {

bool expiry_alarm::wait(std::stop_token const& stop, clock const& now, std::chrono::sys_seconds earliest)
{
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested())
    {
        auto const mark = mark_.load(std::memory_order_relaxed);
        auto const changed = [&] { return mark_.load(std::memory_order_relaxed) != mark; };
        auto const due = std::max(earliest, std::chrono::sys_seconds{std::chrono::seconds{mark}});
        auto const left = due - now.now();
        if (mark == never)
            lowered_.wait(lock, stop, changed);
        else if (left > left.zero())
            lowered_.wait_for(lock, stop, left, changed);
        else
            return true;
    }
    return false;
}

// Takes the lock once, so that a sweeper which has read the old mark is waiting before it is notified.
void expiry_alarm::lower_and_wake(std::uint32_t expiry) noexcept
{
    auto seen = mark_.load(std::memory_order_relaxed);
    while (expiry < seen)
        if (mark_.compare_exchange_weak(seen, expiry, std::memory_order_relaxed))
        {
            {
                std::lock_guard const lock{mutex_};
            }
            lowered_.notify_one();
            return;
        }
}

}  // namespace tokend
