#pragma once

#include "base/task.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <cassert>
#include <chrono>
#include <utility>

namespace tokend {

// A timer of one loop, without the type-erased executor of asio::steady_timer.
using steady_timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, executor>;

// Lets one coroutine wait until something has happened, or until a time has come. A set() without a wait is kept for
// the next wait, and each wait uses up what was set before it. Loop thread only.
class wakeup
{
public:
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr auto never = time_point::max();

    explicit wakeup(executor loop) : timer_{loop} {}
    wakeup(wakeup const&) = delete;

    executor loop() noexcept { return timer_.get_executor(); }
    void set()
    {
        is_set_ = true;
        timer_.cancel();
    }

    // Returns true if it was set, false if `until` has come first. REQUIRES: await the task at once, one at a time.
    [[nodiscard]] task<bool> wait(time_point until = never)
    {
        assert(!is_awaited_);
        return is_set_ ? take_now() : take_later(until);
    }

private:
    bool take() noexcept
    {
        is_awaited_ = false;
        return std::exchange(is_set_, false);
    }
    task<bool> take_now() { co_return take(); }

    // No coroutine of its own: a wait takes the one frame of its asynchronous operation.
    task<bool> take_later(time_point until)
    {
        is_awaited_ = true;
        timer_.expires_at(until);
        auto begin = [this](auto handler) {
            timer_.async_wait([this, handler = std::move(handler)](boost::system::error_code const&) mutable {
                std::move(handler)(take());
            });
        };
        return asio::async_initiate<asio::use_awaitable_t<executor> const, void(bool)>(std::move(begin), use_task);
    }

    steady_timer timer_;  // cancelled by set()
    bool is_set_ = false;
    bool is_awaited_ = false;
};

}  // namespace tokend
