#include "web/methods/kept.hpp"

#include "web/worker.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <memory>

namespace tokend {

task<bool> until_kept(context& ctx, durability how)
{
    auto* const file = ctx.services.file;
    if (file == nullptr)
        co_return true;
    auto const loop = co_await asio::this_coro::executor;
    auto begin = [file, how, loop](auto handler) {
        auto const waiter = std::make_shared<decltype(handler)>(std::move(handler));
        file->wait(how, [waiter, loop](bool done) { asio::post(loop, [waiter, done] { (*waiter)(done); }); });
    };
    auto waiting = asio::async_initiate<asio::use_awaitable_t<executor> const, void(bool)>(begin, use_task);
    bool const safe = co_await std::move(waiting);
    ctx.home->read_clock();  // the disk may have taken its time
    co_return safe;
}

task<void> answer_when_kept(context& ctx, reply const& out)
{
    if (out.code() != code::ok)
        co_return;
    bool const safe = co_await until_kept(ctx, ctx.services.ends);
    if (!safe)
        throw refused{not_kept()};
}

refusal not_kept() { return {.code = code::store_unavailable, .reason = "the tokens file cannot be written"}; }

}  // namespace tokend
