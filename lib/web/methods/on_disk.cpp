#include "web/methods/on_disk.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <memory>
#include <stdexcept>

namespace tokend {

task<void> until_on_disk(context& ctx)
{
    auto const loop = co_await asio::this_coro::executor;
    auto& commits = *ctx.services.commits;
    auto begin = [&commits, loop](auto handler) {
        auto const waiter = std::make_shared<decltype(handler)>(std::move(handler));
        commits.add([waiter, loop](bool on_disk) { asio::post(loop, [waiter, on_disk] { (*waiter)(on_disk); }); });
    };
    auto waiting = asio::async_initiate<asio::use_awaitable_t<executor> const, void(bool)>(begin, use_task);
    bool const on_disk = co_await std::move(waiting);
    if (!on_disk)
        throw std::runtime_error{"the release is not on the disk"};
}

}  // namespace tokend
