#include "web/admission.hpp"

#include "base/text.hpp"
#include "http/quoted.hpp"

#include <algorithm>

namespace tokend {
namespace {

// Cuts one parameter of a media type off the front, and the semicolon before it. A semicolon in a quoted string does
// not end it (RFC 9110 section 5.6.6). REQUIRES: `rest` begins with a semicolon.
std::string_view take_parameter(std::string_view& rest) noexcept
{
    rest.remove_prefix(1);
    auto const parameter = rest.substr(0, find_unquoted(rest, ';'));
    rest.remove_prefix(parameter.size());
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

result<void> admit(request_view const& request, route_match const& match) noexcept
{
    if (match.route == nullptr)
        return refusal{code::not_found, {}, {}};
    if (!match.allows_verb)
        return refusal{code::method_not_allowed, {}, {}};
    if (match.route->body != body_use::json || match.legacy)
        return {};
    if (request.count(header::content_type) > 1 || request.has(header::content_encoding) ||
        (request.has(header::content_type) && !is_json(request.field(header::content_type))))
        return refusal{code::unsupported_media_type, "Content-Type", {}};
    return {};
}

}  // namespace tokend
