#pragma once

#include "ldap/task.hpp"

#include <utility>

namespace tokend::plugin::ldap {

// A coroutine waits for a call of set(), or until a time: a condition variable for coroutines. A call that nobody waits
// for yet is kept for the next wait(). At most one coroutine waits at a time. Loop thread only.
class wakeup
{
public:
    explicit wakeup(executor const& on) : timer_{on} {}

    // Returns true once set() was called; false at `until`, or when the coroutine is cancelled.
    task<bool> wait(time_point until)
    {
        timer_.expires_at(until);
        if (!is_set_)
            co_await timer_.async_wait(as_result);
        co_return std::exchange(is_set_, false);
    }
    void set()
    {
        is_set_ = true;
        timer_.cancel();
    }

private:
    timer timer_;
    bool is_set_ = false;
};

}  // namespace tokend::plugin::ldap
