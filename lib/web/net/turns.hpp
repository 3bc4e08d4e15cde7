#pragma once

#include "base/task.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/io_context.hpp>

#include <deque>
#include <utility>

namespace tokend {

// Lets coroutines of one loop do their heavy steps one by one. Between two of them the loop looks at its sockets and
// runs all that became ready, so that others wait for one heavy step at most. Loop thread only. REQUIRES: `loop`
// outlives this object.
class turns
{
public:
    explicit turns(asio::io_context& loop) : loop_{loop} {}
    turns(turns const&) = delete;

    // Suspends the coroutine until its turn has come. The turn lasts until the coroutine suspends again.
    task<void> take();
    // Takes a turn without suspending. Returns false if the loop has to look at its sockets first.
    [[nodiscard]] bool take_at_once() noexcept { return !std::exchange(used_, true); }
    // The loop has looked at its sockets. Nobody who waits for a turn is passed by.
    void begin_round() noexcept { used_ = !waiting_.empty(); }

private:
    using wait_token = boost::asio::use_awaitable_t<executor> const;
    using waiter = typename boost::asio::async_result<boost::asio::use_awaitable_t<executor>, void()>::handler_type;

    void add(waiter w);
    void call_later();
    void call_next();

    asio::io_context& loop_;
    std::deque<waiter> waiting_;
    bool used_ = true;  // no turn can be had at once
};

}  // namespace tokend
