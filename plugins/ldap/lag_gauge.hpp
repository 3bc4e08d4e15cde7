#pragma once

#include "ldap/task.hpp"

#include <atomic>
#include <chrono>

namespace tokend::plugin::ldap {

// The longest time for which the loop did not come back to its timers: something blocked it, or computed for long. The
// time that the thread waited for a core is taken off.
class lag_gauge
{
public:
    explicit lag_gauge(executor const& on) : timer_{on} {}

    task<void> run();
    void set_interval(std::chrono::milliseconds i) noexcept { interval_ = i; }  // before run()

    std::chrono::nanoseconds longest() const noexcept
    {
        return std::chrono::nanoseconds{longest_.load()};
    }  // any thread

private:
    timer timer_;
    std::chrono::milliseconds interval_{100};
    std::atomic<std::int64_t> longest_{0};
};

}  // namespace tokend::plugin::ldap
