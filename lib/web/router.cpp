#include "web/router.hpp"

#include "base/text.hpp"
#include "web/methods/methods.hpp"

#include <algorithm>
#include <array>

namespace tokend {
namespace {

constexpr route native(std::string_view name, std::string_view path)
{
    return {name, path, "POST", true, false, body_use::json, nullptr, nullptr};
}
constexpr route native(std::string_view name, std::string_view path,
                       void (*answer)(request_view const&, context&, reply&))
{
    auto r = native(name, path);
    r.answer = answer;
    return r;
}
constexpr route native(std::string_view name, std::string_view path,
                       task<void> (*ask)(request_view const&, context&, reply&))
{
    auto r = native(name, path);
    r.ask = ask;
    return r;
}

// A method that changes tokens.
template <class Method>
constexpr route changing(std::string_view name, std::string_view path, Method method)
{
    auto r = native(name, path, method);
    r.changes_tokens = true;
    return r;
}

constexpr std::array<route, 11> public_table{{
    native("validate", "/authentication/token/validate", validate_token),
    {"verify", "/auth/verify", "", false, true, body_use::refused, verify, nullptr},
    native("issue", "/authentication/token", issue_token),
    changing("release", "/authentication/token/release", release_token),
    changing("renew", "/authentication/token/renew", renew_token),
    changing("switch_unit", "/authentication/token/switch_unit", switch_unit),
    native("sessions", "/authentication/sessions", list_sessions),
    changing("release_sessions", "/authentication/sessions/release", release_sessions),
    native("web_api_key", "/authentication/web_api_key/token", issue_for_api_key),
    {"healthz", "/healthz", "GET, HEAD", false, false, body_use::ignored, healthz, nullptr},
    {"readyz", "/readyz", "GET, HEAD", false, false, body_use::ignored, readyz, nullptr},
}};

inline bool is_at(route const& r, std::string_view path) noexcept
{
    if (!path.starts_with(r.path))
        return false;
    auto const rest = path.substr(r.path.size());
    return rest.empty() || rest == "/" || (r.subtree && rest.front() == '/');
}

route const* find(std::span<route const> routes, std::string_view path, bool native_only) noexcept
{
    auto const found = std::find_if(routes.begin(), routes.end(),
                                    [&](route const& r) { return (r.native || !native_only) && is_at(r, path); });
    return found == routes.end() ? nullptr : &*found;
}

bool allows(route const& r, std::string_view verb) noexcept
{
    return r.allow.empty() || r.allow == verb || (r.allow == "GET, HEAD" && (verb == "GET" || verb == "HEAD"));
}

// Cuts one parameter of a media type off the front, and the semicolon before it. A semicolon in a quoted string does
// not end it (RFC 9110 section 5.6.6). REQUIRES: `rest` begins with a semicolon.
std::string_view take_parameter(std::string_view& rest) noexcept
{
    bool quoted = false;
    std::size_t end = 1;
    for (; end < rest.size() && (quoted || rest[end] != ';'); ++end)
        if (rest[end] == '"')
            quoted = !quoted;
        else if (quoted && rest[end] == '\\')
            ++end;
    end = std::min(end, rest.size());
    auto const parameter = rest.substr(1, end - 1);
    rest.remove_prefix(end);
    return parameter;
}

// application/json and application/*+json; charset utf-8 if one is named; other parameters do not matter.
bool is_json(std::string_view content_type) noexcept
{
    if (content_type == "application/json")  // as nearly all say it
        return true;
    auto const type = trim(content_type.substr(0, content_type.find(';')));
    constexpr std::string_view prefix = "application/";
    if (type.size() <= prefix.size() || !equal_folded(type.substr(0, prefix.size()), prefix))
        return false;
    auto const subtype = type.substr(prefix.size());
    constexpr std::string_view suffix = "+json";
    if (!equal_folded(subtype, "json") &&
        (subtype.size() <= suffix.size() || !equal_folded(subtype.substr(subtype.size() - suffix.size()), suffix)))
        return false;
    for (auto rest = content_type.substr(std::min(content_type.find(';'), content_type.size())); !rest.empty();)
    {
        auto const parameter = trim(take_parameter(rest));
        auto const equals = std::min(parameter.find('='), parameter.size());
        auto const value = parameter.substr(std::min(equals + 1, parameter.size()));
        if (equal_folded(parameter.substr(0, equals), "charset") && !equal_folded(value, "utf-8") &&
            !equal_folded(value, "\"utf-8\""))
            return false;
    }
    return true;
}

}  // namespace

std::span<route const> public_routes() noexcept { return public_table; }

route_match find_route(std::span<route const> routes, std::string_view path, http_options const& options) noexcept
{
    for (std::string_view const prefix : options.legacy_prefixes)
        if (path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/'))
            return {find(routes, path.substr(prefix.size()), true), true};
    return {find(routes, path, false), false};
}

result<void> admit(request_view const& request, route_match const& match) noexcept
{
    if (match.route == nullptr)
        return refusal{code::not_found, {}, {}};
    if (!allows(*match.route, request.verb))
        return refusal{code::method_not_allowed, {}, {}};
    if (match.route->body != body_use::json || match.legacy)
        return {};
    if (request.count(header::content_type) > 1 || request.has(header::content_encoding) ||
        (request.has(header::content_type) && !is_json(request.field(header::content_type))))
        return refusal{code::unsupported_media_type, "Content-Type", {}};
    return {};
}

}  // namespace tokend
