#include "base/byte_class.hpp"
#include "base/text.hpp"
#include "web/methods/common.hpp"
#include "web/methods/methods.hpp"
#include "web/parameters.hpp"

#include <algorithm>
#include <optional>

// Forward authentication: a reverse proxy asks about each of its requests, and reads nothing but the status and the headers.
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

// `token` in the query of the request that the proxy is asking about.
std::optional<std::string_view> query_token(request_view const& request, workbench& bench)
{
    for (auto const name : {header::x_original_uri, header::x_forwarded_uri})
    {
        std::string_view path;
        std::string_view query;
        split_target(request.field(name), path, query);
        while (next_parameter(query, bench.name, bench.value))
            if (bench.name == "token")
                return bench.value;
    }
    return std::nullopt;
}

// The first source that is there decides, good or bad. Repeated headers are a bad token, never a choice.
std::optional<std::string_view> presented_token(request_view const& request, context& ctx)
{
    auto const& options = ctx.config.http;
    if (auto const bearer = authorization(request.field(header::authorization), "bearer"))
        return request.count(header::authorization) == 1 ? *bearer : std::string_view{};
    if (request.has(header::x_auth_token))
        return request.count(header::x_auth_token) == 1 ? request.field(header::x_auth_token) : std::string_view{};
    if (!options.verify_cookie.empty())
        if (auto cookie = cookie_value(request, options.verify_cookie))
            return cookie;
    return options.verify_query_token ? query_token(request, ctx.bench) : std::nullopt;
}

// What the proxy's administrator asks of the token: values of one name are alternatives, all names must hold.
class constraints
{
public:
    constraints(std::string_view query, principal_view const& who, workbench& bench)
    {
        auto const& name = bench.name;
        auto const& value = bench.value;
        while (next_parameter(query, bench.name, bench.value))
        {
            if (name == "organisation")
                organisation_.allow(equal_folded(value, who.organisation));
            else if (name == "unit")
                unit_.allow(value == who.unit);
            else if (name == "group")
                group_.allow(who.groups.contains(value));
            else if (name == "touch" && value == "1")
                touch_ = true;
        }
    }
    bool hold() const noexcept { return organisation_.holds() && unit_.holds() && group_.holds(); }
    bool touch() const noexcept { return touch_; }

private:
    struct alternatives
    {
        bool named = false;
        bool met = false;
        void allow(bool m) noexcept
        {
            named = true;
            met = met || m;
        }
        bool holds() const noexcept { return met || !named; }
    };
    alternatives organisation_, unit_, group_;
    bool touch_ = false;
};

// A header value that any proxy passes on unharmed.
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

void tell(inspection const& seen, text_buffer& scratch, reply& out)
{
    add_header(out, scratch, "X-Auth-User", seen.principal.username);
    add_header(out, scratch, "X-Auth-Organisation", seen.principal.organisation);
    add_header(out, scratch, "X-Auth-Unit", seen.principal.unit);
    scratch.clear();
    for (auto const group : seen.principal.groups)
        append_encoded(scratch.empty() ? scratch : scratch.append(','), group, true);
    out.header("X-Auth-Groups", scratch.view());
    out.header("X-Auth-Accessor", seen.accessor.view());
    out.header("X-Auth-Expires-In", seen.expires_in.count());
    out.bare(200);
}

}  // namespace

void verify(request_view const& request, context& ctx, reply& out)
{
    auto const token = presented_token(request, ctx);
    if (!token)
        return out.header("WWW-Authenticate", challenge(realm::bearer)).bare(401, code::invalid_token, "no token");
    auto& seen = ctx.bench.seen;
    auto const invalid = [&] {
        out.header("WWW-Authenticate", challenge(realm::bearer_invalid_token));
        out.bare(401, code::invalid_token, "malformed, unknown, expired or released");
    };
    if (!inspect(*token, ctx))
        return invalid();
    constraints const asked{request.query, seen.principal, ctx.bench};
    if (!asked.hold())
        return out.bare(403, code::unit_not_allowed, "a constraint of the proxy's administrator is not met");
    if (asked.touch() && !ctx.services.sessions.touch(seen, rules_of(seen.principal, ctx), ctx.received))
        return invalid();
    tell(seen, ctx.bench.data, out);
}

}  // namespace tokend
