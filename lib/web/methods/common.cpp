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

namespace {

// Notes for the logs which token it is, and whose.
void name_token(std::string_view token, bool is_live, request_context& ctx)
{
    if (is_live)
        ctx.name_session(ctx.scratch.session);
    else if (auto const bits = parse_token(token))
        ctx.subject().accessor = write_accessor(digest(*bits)).view();
}

// A route whose refusals alone are recorded names a live token when it refuses it.
[[gnu::always_inline]] inline bool find(std::string_view token, request_context& ctx)
{
    bool const is_live = ctx.services.sessions.inspect(token, ctx.received, ctx.scratch.session);
    bool const is_noted = ctx.is_noted() && (!is_live || ctx.match.route->audited != audited::refusals);
    if (is_noted || ctx.services.log.wants(log_level::debug)) [[unlikely]]
        name_token(token, is_live, ctx);
    return is_live;
}

}  // namespace

bool find_session(std::string_view token, request_context& ctx) { return find(token, ctx); }

bool inspect(std::string_view token, request_context& ctx)
{
    if (!find(token, ctx))
        return false;
    auto& session = ctx.scratch.session;
    ctx.home.checks.note_use(session, ctx.config().authenticator, ctx.received, ctx.request_id);
    return true;
}

void note_ended(std::size_t tokens, request_context& ctx)
{
    ctx.subject().ended = tokens;
    if (tokens == 0)
        ctx.outcome.reason = "no such live token";
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
