#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace tokend::plugin::ldap {

namespace asio = boost::asio;

using executor = asio::io_context::executor_type;
using time_point = std::chrono::steady_clock::time_point;
using timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, executor>;

// A coroutine on the plugin's loop. Loop thread only.
template <class T>
using task = asio::awaitable<T, executor>;

// Completion tokens: `co_await op(use_task)` throws on an error, `auto [ec, n] = co_await op(as_result)` does not.
inline constexpr asio::use_awaitable_t<executor> use_task{};
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<executor>> as_result{use_task};

inline time_point now() noexcept { return std::chrono::steady_clock::now(); }

}  // namespace tokend::plugin::ldap
