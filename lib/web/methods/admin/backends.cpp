#include "base/text_buffer.hpp"
#include "http/request.hpp"
#include "web/methods/admin/methods.hpp"
#include "web/request_context.hpp"
#include "web/setup.hpp"
#include "web/worker_state.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace tokend {
namespace {

bool may_see(backend const& b, request_context const& ctx)
{
    return ctx.permits().allow_everywhere(role::viewer) ||
           std::ranges::any_of(ctx.config().authenticator.organisations(), [&](auto const& named) {
               auto const& org = named.second;
               return std::ranges::any_of(org.backends, [&](auto const& used) { return used.get() == &b; }) &&
                      ctx.permits().allow(role::viewer, org.name);
           });
}

void append_organisations(text_buffer& out, backend const& b, request_context const& ctx)
{
    bool first = true;
    for (auto const& [folded, org] : ctx.config().authenticator.organisations())
        if (std::ranges::any_of(org.backends, [&](auto const& used) { return used.get() == &b; }) &&
            ctx.permits().allow(role::viewer, org.name))
        {
            append_json_string(first ? out : out.append(','), org.name);
            first = false;
        }
}

// With the seconds since then.
void append_last_error(text_buffer& out, backend::condition const& state)
{
    if (!state.last_outage)
    {
        out.append("null");
        return;
    }
    auto const since = std::chrono::steady_clock::now() - state.last_outage->at;
    append_json_string(out.append(R"({"reason":)"), state.last_outage->reason);
    out.append(R"(,"seconds":)").append_number(std::chrono::floor<std::chrono::seconds>(since).count()).append('}');
}

void append(text_buffer& out, backend const& b, request_context const& ctx)
{
    auto const state = b.state();
    append_json_string(out.append(R"({"name":)"), b.id());
    append_json_string(out.append(R"(,"plugin":)"), state.plugin);
    append_json_string(out.append(R"(,"version":)"), state.version);
    out.append(R"(,"healthy":)").append(state.can_answer && !state.is_open ? "true" : "false");
    append_json_string(out.append(R"(,"reason":)"), state.reason);
    out.append(R"(,"breaker":)").append(state.is_open ? R"("open")" : R"("closed")");
    out.append(R"(,"in_flight":)").append_number(static_cast<std::int64_t>(state.in_flight));
    out.append(R"(,"queued":)").append_number(static_cast<std::int64_t>(state.queued));
    append_last_error(out.append(R"(,"last_error":)"), state);
    append_organisations(out.append(R"(,"organisations":[)"), b, ctx);
    out.append("]}");
}

}  // namespace

answered list_backends(request_view const&, request_context& ctx, reply& out)
{
    text_buffer page{1024};
    page.append(R"({"backends":[)");
    bool first = true;
    for (auto const& b : ctx.config().authenticator.backends())
        if (may_see(*b, ctx))
        {
            append(first ? page : page.append(','), *b, ctx);
            first = false;
        }
    page.append("]}");
    return out.ok(page.view());
}

// POST /admin/v1/backends/{name}/test
answered test_backend(request_view const&, request_context& ctx, reply& out)
{
    auto const slash = ctx.match.segment.find('/');
    auto const name = decode_segment(ctx.match.segment.substr(0, slash));
    auto const& all = ctx.config().authenticator.backends();
    auto const found = std::ranges::find_if(all, [&](auto const& b) { return b->id() == name && may_see(*b, ctx); });
    if (ctx.match.segment.substr(slash + 1) != "test" || found == all.end())
        return out.refuse({code::not_found, {}, "no such backend"});
    text_buffer one{512};
    append(one, **found, ctx);
    return out.ok(one.view());
}

}  // namespace tokend
