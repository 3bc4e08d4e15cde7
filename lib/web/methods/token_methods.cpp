#include "base/text.hpp"
#include "web/durable.hpp"
#include "web/methods/common.hpp"
#include "web/methods/methods.hpp"
#include "web/worker_state.hpp"

#include <utility>

namespace tokend {
namespace {

void append_inspection(text_buffer& out, inspection const& session)
{
    append_json_string(out.append(R"({"active":true,"username":)"), session.principal.username);
    append_json_string(out.append(R"(,"organisation":)"), session.principal.organisation);
    append_json_string(out.append(R"(,"unit":)"), session.principal.unit);
    out.append(R"(,"accessor":")", session.accessor.view(), R"(","issued_at":")",
               write_rfc3339(session.issued_at).view(), R"(","expires_at":")", write_rfc3339(session.expires_at).view(),
               R"(","expires_in":)");
    out.append_number(session.expires_in.count()).append(R"(,"groups":[)");
    bool first = true;
    for (auto const group : session.principal.groups)
    {
        append_json_string(first ? out : out.append(','), group);
        first = false;
    }
    out.append("]}");
}

void note_switch(issued_token const& fresh, request_context& ctx)
{
    auto& s = ctx.subject();
    s.ended_accessor = std::exchange(s.accessor, fresh.accessor.view());
    s.is_issued = true;
    s.ended = 1;
}

}  // namespace

answered validate_token(request_view const& request, request_context& ctx, reply& out)
{
    auto const token = take_token(request, ctx, {member::token, member::touch});
    if (!token)
        return out.refuse(token.error());
    auto& session = ctx.scratch.session;
    bool active = inspect(*token, ctx);
    if (active && ctx.scratch.body[member::touch].truth)
        active = ctx.services.sessions.touch(session, rules_of(session.principal, ctx), ctx.received);
    ctx.scratch.forget_body();
    if (!active)
        return out.ok(R"({"active":false})");
    auto& data = ctx.scratch.data;
    data.clear();
    append_inspection(data, session);
    return out.ok(data.view());
}

answered release_token(request_view const& request, request_context& ctx, reply& out)
{
    auto const token = take_token(request, ctx, {member::token});
    if (!token)
        return out.refuse(token.error());
    if (ctx.is_noted())
        find_session(*token, ctx);
    bool const is_ended = ctx.services.sessions.release(*token, ctx.received);
    ctx.scratch.forget_body();
    if (ctx.is_noted())
        note_ended(is_ended ? 1 : 0, ctx);
    out.ok("{}");
    return answered::when_durable;
}

answered renew_token(request_view const& request, request_context& ctx, reply& out)
{
    auto const token = take_token(request, ctx, {member::token});
    if (!token)
        return out.refuse(token.error());
    auto& session = ctx.scratch.session;
    if (!inspect(*token, ctx))
        return out.refuse(invalid_token());
    auto const rules = rules_of(session.principal, ctx);
    if (rules.policy != lifetime_policy::sliding)
        return out.refuse({code::not_renewable, {}, "the organisation's tokens have a fixed lifetime"});
    if (!ctx.services.can_record())
        return out.refuse(not_recorded());
    if (!ctx.services.sessions.renew(session, rules, ctx.received))
        return out.refuse(invalid_token());
    auto const bits = parse_token(*token);
    auto& data = ctx.scratch.data;
    data.clear();
    data.append(R"({"token":")").append(write_token(*bits).reveal());
    data.append(R"(","expires_in":)").append_number(session.expires_in.count()).append('}');
    ctx.scratch.forget_body();
    out.ok(data.view());
    data.wipe();
    return answered::when_durable;
}

answered switch_unit(request_view const& request, request_context& ctx, reply& out)
{
    auto const token = take_token(request, ctx, {member::token, member::unit});
    if (!token)
        return out.refuse(token.error());
    auto const unit = ctx.scratch.body[member::unit].text;
    if (unit.empty())
        return out.refuse({code::missing_parameter, name_of(member::unit), {}});
    if (!inspect(*token, ctx))
        return out.refuse(invalid_token());
    auto const& session = ctx.scratch.session;
    auto const* const org = ctx.config().authenticator.find(session.principal.organisation);
    if (org == nullptr)
        return out.refuse({code::invalid_token, {}, "its organisation is not configured any longer"});
    if (!ctx.services.can_record())
        return out.refuse(not_recorded());
    if (ctx.is_noted())
        ctx.subject().unit = unit;
    auto const fresh =
        ctx.services.sessions.switch_unit(session, unit, ctx.received, ctx.home.random, org->limits.share);
    ctx.scratch.forget_body();
    if (!fresh)
        return out.refuse(fresh.error());
    if (ctx.is_noted())
        note_switch(*fresh, ctx);
    grant(*fresh, nullptr, ctx, out);
    return answered::when_durable;
}

}  // namespace tokend
