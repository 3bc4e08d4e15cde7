#pragma once

#include "base/insist.hpp"
#include "base/task.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <cassert>
#include <chrono>
#include <memory>
#include <optional>
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
    using waiter = typename asio::async_result<asio::use_awaitable_t<executor>, void(bool)>::handler_type;

    bool take() noexcept
    {
        is_awaited_ = false;
        return std::exchange(is_set_, false);
    }
    task<bool> take_now() { co_return take(); }

    // No coroutine of its own: a wait takes the one frame of its asynchronous operation. The handler of the timer owns
    // what waits, so that both go with the loop. Copies of it share what waits, so that the timer can be asked again
    // when it has found no memory.
    task<bool> take_later(time_point until)
    {
        auto begin = [this, until, held = std::make_shared<std::optional<waiter>>()](waiter w) mutable {
            is_awaited_ = true;
            timer_.expires_at(until);
            held->emplace(std::move(w));
            auto resume = [this, waiting = std::move(held)](boost::system::error_code const&) {
                auto woken = std::move(**waiting);
                woken(take());
            };
            insist([&] { timer_.async_wait(resume); });
        };
        return asio::async_initiate<asio::use_awaitable_t<executor> const, void(bool)>(std::move(begin), use_task);
    }

    steady_timer timer_;  // cancelled by set()
    bool is_set_ = false;
    bool is_awaited_ = false;
};

// Waits until that time.
inline task<void> sleep_until(executor loop, wakeup::time_point when)
{
    wakeup never_set{loop};
    static_cast<void>(co_await never_set.wait(when));
}

}  // namespace tokend
