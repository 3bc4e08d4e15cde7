#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tokend {

namespace asio = boost::asio;

using executor = asio::io_context::executor_type;

// A coroutine of a worker's loop. The type names the executor, which saves the allocations and virtual calls of a
// type-erased one.
template <class T>
using task = asio::awaitable<T, executor>;

// Completion tokens: `co_await op(use_task)` throws on an error, `auto [ec, n] = co_await op(as_result)` does not.
inline constexpr asio::use_awaitable_t<executor> use_task{};
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<executor>> as_result{use_task};

}  // namespace tokend
