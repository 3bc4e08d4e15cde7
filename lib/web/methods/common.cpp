#include "web/methods/common.hpp"

#include "base/text.hpp"
#include "web/message/parameters.hpp"
#include "web/worker_state.hpp"

namespace tokend {

result<void> read_body(request_view const& request, request_context& ctx, bool empty_is_object)
{
    if (!request.body.empty() || !empty_is_object)
        return ctx.scratch.json.read(request.body, ctx.config().http.json, ctx.scratch.body);
    ctx.scratch.forget_body();
    return {};
}

refusal invalid_token() { return {code::invalid_token, {}, "malformed, unknown, expired or released"}; }

result<std::string_view> take_token(request_view const& request, request_context& ctx,
                                    std::initializer_list<member> used, result<void> (*check)(members const& body))
{
    if (auto const body = read_body(request, ctx, true); !body)
        return body.error();
    if (auto const types = check_types(ctx.scratch.body, used); !types)
        return types.error();
    if (auto const checked = check == nullptr ? result<void>{} : check(ctx.scratch.body); !checked)
        return checked.error();
    return read_token(ctx.scratch.body, request);
}

bool inspect(std::string_view token, request_context& ctx)
{
    auto& session = ctx.scratch.session;
    if (!ctx.services.sessions.inspect(token, ctx.received, session))
        return false;
    if (ctx.services.log.wants(log_level::debug))
        ctx.name_user(session.principal.organisation, session.principal.username);
    ctx.home.checks.note_use(session, ctx.config().authenticator, ctx.received, ctx.request_id);
    return true;
}

lifetime_rules rules_of(principal_view const& who, request_context const& ctx)
{
    auto const* const org = ctx.config().authenticator.find(who.organisation);
    return org == nullptr ? lifetime_rules{} : org->lifetimes;
}

answered grant(issued_token const& token, principal const* who, request_context& ctx, reply& out)
{
    auto& data = ctx.scratch.data;
    data.clear();
    data.append(R"({"token":")").append(token.token.reveal()).append('"');
    if (who != nullptr)
    {
        data.append(R"(,"expires_in":)").append_number(token.expires_in.count());
        data.append(R"(,"expires_at":")").append(write_rfc3339(token.expires_at).view());
        data.append(R"(","accessor":")").append(token.accessor.view()).append(R"(","organisation":)");
        append_json_string(data, who->organisation);
        append_json_string(data.append(R"(,"unit":)"), who->unit);
        append_json_string(data.append(R"(,"username":)"), who->username);
    }
    data.append('}');
    out.header("X-Token-Expires-In", token.expires_in.count());
    out.header("X-Token-Accessor", token.accessor.view());
    auto const done = out.ok(data.view());
    data.wipe();
    return done;
}

}  // namespace tokend
