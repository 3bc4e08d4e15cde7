#pragma once

#include "ldap/task_group.hpp"

#include <chrono>
#include <functional>
#include <utility>

namespace tokend::plugin::ldap {

// Measures how late a loop handles what is due, with a timer that notes how late it fires. A loop is late after a turn
// that blocked or computed for long, and when its thread waited for a core. The timer runs only while work is in
// progress, so an idle loop sleeps. Loop thread only.
class lateness
{
public:
    using milliseconds = std::chrono::milliseconds;
    static constexpr milliseconds interval{10};  // the loop may have been held for so much longer than is measured
    static constexpr milliseconds limit{20};

    // Calls `report` when the loop is later than the limit and than ever before. REQUIRES: `work` is the loop's, and
    // outlives this object.
    lateness(executor const& on, task_group const& work, std::function<void(milliseconds)> report)
        : timer_{on}, work_{work}, report_{std::move(report)}
    {}

    // Measures until `work` has no task left.
    void watch()
    {
        if (!std::exchange(is_watching_, true))
            wait();
    }

private:
    void wait()
    {
        timer_.expires_after(interval);
        timer_.async_wait([this](boost::system::error_code error) {
            if (!error)
                note(std::chrono::floor<milliseconds>(now() - timer_.expiry()));
        });
    }
    void note(milliseconds late)
    {
        if (late >= limit && late > longest_)
        {
            longest_ = late;
            report_(late);
        }
        is_watching_ = work_.size() != 0;
        if (is_watching_)
            wait();
    }

    timer timer_;
    task_group const& work_;
    std::function<void(milliseconds)> const report_;
    milliseconds longest_{0};
    bool is_watching_ = false;
};

}  // namespace tokend::plugin::ldap
