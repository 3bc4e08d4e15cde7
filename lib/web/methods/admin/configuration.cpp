#include "base/insist.hpp"
#include "base/text_buffer.hpp"
#include "web/methods/admin/methods.hpp"
#include "web/process_control.hpp"
#include "web/request_context.hpp"
#include "web/worker_state.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tokend {
namespace {

// Waits until the process has answered, and comes back to this loop.
template <class Answer>
task<Answer> answer_of(process_control& process, void (process_control::*ask)(std::function<void(Answer)>))
{
    auto const loop = co_await asio::this_coro::executor;
    auto begin = [&process, ask, loop](auto waiter) {
        auto const waits = std::make_shared<decltype(waiter)>(std::move(waiter));
        (process.*ask)([waits, loop](Answer answer) {
            auto const given = std::make_shared<Answer>(std::move(answer));
            insist([&] { asio::post(loop, [waits, given] { std::move (*waits)(std::move(*given)); }); });
        });
    };
    co_return co_await asio::async_initiate<asio::use_awaitable_t<executor> const, void(Answer)>(std::move(begin),
                                                                                                 use_task);
}

}  // namespace

task<answered> show_configuration(request_view const&, request_context& ctx, reply& out)
{
    if (!ctx.permits().allow_everywhere(role::admin))
        co_return out.refuse({code::forbidden, {}, "the configuration concerns all organisations"});
    auto const text = co_await answer_of(*ctx.services.process, &process_control::print_configuration);
    text_buffer data{text.size() + 64};
    append_json_string(data.append(R"({"configuration":)"), text);
    data.append('}');
    co_return out.ok(data.view());
}

task<answered> reload_configuration(request_view const&, request_context& ctx, reply& out)
{
    if (!ctx.permits().allow_everywhere(role::admin))
        co_return out.refuse({code::forbidden, {}, "the configuration concerns all organisations"});
    auto const mistakes = co_await answer_of(*ctx.services.process, &process_control::reload);
    text_buffer data{512};
    data.append(mistakes.empty() ? R"({"reloaded":true,"mistakes":[)" : R"({"reloaded":false,"mistakes":[)");
    for (std::size_t i = 0; i < mistakes.size(); ++i)
        append_json_string(i == 0 ? data : data.append(','), mistakes[i]);
    data.append("]}");
    if (!mistakes.empty())
        out.note(mistakes.front());
    co_return out.ok(data.view());
}

}  // namespace tokend
