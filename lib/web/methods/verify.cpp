#include "base/byte_class.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "web/message/parameters.hpp"
#include "web/methods/common.hpp"
#include "web/methods/methods.hpp"
#include "web/worker_state.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

// Forward authentication: a reverse proxy asks about each of its requests, and reads only the status and the headers.
namespace tokend {
namespace {

std::optional<std::string_view> cookie_value(request_view const& request, std::string_view name)
{
    for (auto const& f : request.fields)
    {
        if (f.name != header::cookie)
            continue;
        for (auto rest = f.value; !rest.empty();)
        {
            auto const pair = trim(rest.substr(0, rest.find(';')));
            rest.remove_prefix(std::min(std::min(rest.find(';'), rest.size()) + 1, rest.size()));
            auto const equals = pair.find('=');
            if (equals != pair.npos && pair.substr(0, equals) == name)
                return pair.substr(equals + 1);
        }
    }
    return std::nullopt;
}

// The parameter `token` in the query of the request that the proxy asks about.
std::optional<std::string_view> query_token(request_view const& request, scratch& buffers)
{
    for (auto const name : {header::x_original_uri, header::x_forwarded_uri})
    {
        std::string_view path;
        std::string_view query;
        split_target(request.field(name), path, query);
        while (next_parameter(query, buffers.name, buffers.value))
            if (buffers.name == "token")
                return buffers.value;
    }
    return std::nullopt;
}

// Reads the token from the first source that is present, good or bad. A repeated header is a bad token.
std::optional<std::string_view> presented_token(request_view const& request, request_context& ctx)
{
    auto const& options = ctx.config().http;
    if (auto const bearer = authorization(request.field(header::authorization), "bearer"))
        return request.count(header::authorization) == 1 ? *bearer : std::string_view{};
    if (request.has(header::x_auth_token))
        return request.count(header::x_auth_token) == 1 ? request.field(header::x_auth_token) : std::string_view{};
    if (!options.verify_cookie.empty())
        if (auto cookie = cookie_value(request, options.verify_cookie))
            return cookie;
    return options.verify_query_token ? query_token(request, ctx.scratch) : std::nullopt;
}

// Returns true if `met` is true for one of the alternatives in the value, which '|' separates.
template <class Met>
bool any_alternative(std::string_view value, Met&& met)
{
    for (;;)
    {
        auto const bar = std::min(value.find('|'), value.size());
        if (met(value.substr(0, bar)))
            return true;
        if (bar == value.size())
            return false;
        value.remove_prefix(bar + 1);
    }
}

enum class shown_groups
{
    all,
    asked,  // the groups that a `group` parameter names
    none
};

// What the proxy's administrator demands of the token. Every parameter must hold, and an unknown parameter never holds,
// so whatever a client manages to append can only narrow.
class constraints
{
public:
    constraints(std::string_view query, principal_view const& who, scratch& buffers)
    {
        for (auto rest = query; failed_.empty() && next_parameter(rest, buffers.name, buffers.value);)
            judge(buffers.name, buffers.value, who);
    }
    // The parameter that does not hold. Empty: all hold.
    std::string const& failed() const noexcept { return failed_; }
    bool is_unknown() const noexcept { return unknown_; }  // the failed parameter is
    bool touch() const noexcept { return touch_; }
    shown_groups groups() const noexcept { return groups_; }

private:
    void judge(std::string const& name, std::string const& value, principal_view const& who)
    {
        bool held = name.empty() && value.empty();  // two '&' in a row
        if (held)
            return;
        if (name == "organisation")
            held = any_alternative(value, [&](auto one) { return equal_folded(one, who.organisation); });
        else if (name == "unit")
            held = any_alternative(value, [&](auto one) { return one == who.unit; });
        else if (name == "group")
            held = any_alternative(value, [&](auto one) { return who.groups.contains(one); });
        else if (name == "touch" && value == "1")
            held = touch_ = true;
        else if (name == "groups" && (value == "asked" || value == "none"))
        {
            groups_ = std::max(groups_, value == "none" ? shown_groups::none : shown_groups::asked);
            held = true;
        }
        else
            unknown_ = true;
        if (!held)
            failed_ = name.empty() ? "(no name)" : name;
    }

    std::string failed_;
    bool unknown_ = false;
    bool touch_ = false;
    shown_groups groups_ = shown_groups::all;
};

// Returns true if the query asks for the group. REQUIRES: the constraints hold.
bool is_asked(std::string_view query, std::string_view group, scratch& buffers)
{
    while (next_parameter(query, buffers.name, buffers.value))
        if (buffers.name == "group" && any_alternative(buffers.value, [&](auto one) { return one == group; }))
            return true;
    return false;
}

// Appends a header value in a form that every proxy passes on unchanged.
void append_encoded(text_buffer& out, std::string_view value, bool in_list)
{
    constexpr std::string_view hex = "0123456789ABCDEF";
    unsigned char const comma = in_list ? ',' : '%';
    auto const are_encoded = [comma](byte_block b) {
        return b.are_below(0x20) | b.are(0x7f) | b.are('%') | b.are(comma);
    };
    for (;;)
    {
        auto const plain = span_by_blocks(value, are_encoded);
        out.append(value.substr(0, plain));
        if (plain == value.size())
            return;
        auto const byte = static_cast<unsigned char>(value[plain]);
        out.append('%', hex[byte >> 4], hex[byte & 15]);
        value.remove_prefix(plain + 1);
    }
}

void add_header(reply& out, text_buffer& scratch, std::string_view name, std::string_view value)
{
    scratch.clear();
    append_encoded(scratch, value, false);
    out.header(name, scratch.view());
}

answered permit(std::string_view query, shown_groups shown, request_context& ctx, reply& out)
{
    auto const& session = ctx.scratch.session;
    auto& scratch = ctx.scratch.data;
    add_header(out, scratch, "X-Auth-User", session.principal.username);
    add_header(out, scratch, "X-Auth-Organisation", session.principal.organisation);
    add_header(out, scratch, "X-Auth-Unit", session.principal.unit);
    scratch.clear();
    for (auto const group : session.principal.groups)
        if (shown == shown_groups::all || (shown == shown_groups::asked && is_asked(query, group, ctx.scratch)))
            append_encoded(scratch.empty() ? scratch : scratch.append(','), group, true);
    out.header("X-Auth-Groups", scratch.view());
    out.header("X-Auth-Accessor", session.accessor.view());
    out.header("X-Auth-Expires-In", session.expires_in.count());
    return out.bare(200);
}

// A proxy with a misspelt parameter lets nobody in, so the log says it: once a second for each worker, because the
// parameter comes with every request.
answered forbid(constraints const& demands, request_context& ctx, reply& out)
{
    constexpr std::size_t most_of_a_name = 64;
    auto const name = first_characters(demands.failed(), most_of_a_name);
    auto const second = whole_seconds(ctx.received);
    if (demands.is_unknown() && std::exchange(ctx.scratch.unknown_parameter_at, second) != second)
        ctx.services.log.warning("verify: a parameter is not known, or its value is not, so nobody is let in",
                                 {{"parameter", name}, {"client", ctx.client.text()}, {"request_id", ctx.request_id}});
    if (ctx.is_noted())
        ctx.name_session(ctx.scratch.session);
    std::string reason = demands.is_unknown() ? "a parameter that is not known: " : "not met: ";
    return out.bare(403, code::constraint_not_met, reason.append(name));
}

}  // namespace

answered verify(request_view const& request, request_context& ctx, reply& out)
{
    auto const token = presented_token(request, ctx);
    if (!token)
        return out.header("WWW-Authenticate", challenge(realm::bearer)).bare(401, code::missing_parameter, "no token");
    auto& session = ctx.scratch.session;
    auto const invalid = [&] {
        out.header("WWW-Authenticate", challenge(realm::bearer_invalid_token));
        return out.bare(401, code::invalid_token, "malformed, unknown, expired or released");
    };
    bool const is_live = inspect(*token, ctx);
    if (token->data() == ctx.scratch.value.data())
        wipe(ctx.scratch.value);
    if (!is_live)
        return invalid();
    constraints const demands{request.query, session.principal, ctx.scratch};
    if (!demands.failed().empty())
        return forbid(demands, ctx, out);
    if (demands.touch() && !ctx.services.sessions.touch(session, rules_of(session.principal, ctx), ctx.received))
    {
        if (ctx.is_noted())
            ctx.name_session(session);
        return invalid();
    }
    return permit(request.query, demands.groups(), ctx, out);
}

}  // namespace tokend
