#include "web/methods/common.hpp"

#include "base/text.hpp"
#include "web/parameters.hpp"
#include "web/rechecker.hpp"

namespace tokend {

result<void> read_body(request_view const& request, context& ctx, bool empty_is_object)
{
    if (!request.body.empty() || !empty_is_object)
        return ctx.bench.json.read(request.body, ctx.config.http.json);
    ctx.bench.json.read_nothing();
    return {};
}

refusal invalid_token() { return {code::invalid_token, {}, "malformed, unknown, expired or released"}; }

result<std::string_view> take_token(request_view const& request, context& ctx, std::initializer_list<member> used,
                                    result<void> (*check)(json_reader const& body))
{
    if (auto const body = read_body(request, ctx, true); !body)
        return body.error();
    if (auto const types = check_types(ctx.bench.json, used); !types)
        return types.error();
    if (auto const checked = check == nullptr ? result<void>{} : check(ctx.bench.json); !checked)
        return checked.error();
    return read_token(ctx.bench.json, request);
}

bool inspect(std::string_view token, context& ctx)
{
    auto& seen = ctx.bench.seen;
    if (!ctx.services.sessions.inspect(token, ctx.received, seen))
        return false;
    if (ctx.services.log.wants(log_level::debug))
        ctx.who = display_name(seen.principal.organisation, seen.principal.username);
    ctx.checks.note_use(ctx);
    return true;
}

lifetime_rules rules_of(principal_view const& who, context const& ctx)
{
    auto const* const org = ctx.config.authenticator.find(who.organisation);
    return org == nullptr ? lifetime_rules{} : org->lifetimes;
}

std::string display_name(std::string_view organisation, std::string_view username)
{
    std::string name;
    name.reserve(organisation.size() + 1 + username.size());
    name.append(organisation).append(1, ':').append(username);
    return name;
}

void grant(issued_token const& token, principal const* who, context& ctx, reply& out)
{
    auto& data = ctx.bench.data;
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
    out.ok(data.view());
    data.wipe();
}

}  // namespace tokend
