#include "fuzz/json.hpp"

#include "fuzz/expect.hpp"
#include "web/message/json_reader.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

namespace tokend::test {
namespace {

namespace json = boost::json;

constexpr std::size_t max_body_bytes = 16 * 1024;

// The members that are not absent, by their dotted names: type and value.
using findings = std::map<std::string, std::string, std::less<>>;

std::string describe(member_value const& v)
{
    switch (v.type)
    {
    case member_value::kind::string:
        return "string " + std::string{v.text};
    case member_value::kind::boolean:
        return v.truth ? "true" : "false";
    case member_value::kind::integer:
        return "integer " + std::to_string(v.number);
    case member_value::kind::object:
        return "object";
    default:
        return "other";
    }
}

std::optional<findings> read_with(json_reader& reader, json_limits const& limits, std::string_view text)
{
    members body;
    if (!reader.read(text, limits, body))
        return {};
    findings found;
    for (std::size_t i = 0; i < member_count; ++i)
    {
        auto const m = static_cast<member>(i);
        if (body.has(m))
            found.emplace(name_of(m), describe(body[m]));
    }
    return found;
}

constexpr std::string_view nested = "access_token_identifier";

std::string describe(json::value const& v, bool may_be_object)
{
    if (auto const* const text = v.if_string())
        return "string " + std::string{text->data(), text->size()};
    if (auto const* const truth = v.if_bool())
        return *truth ? "true" : "false";
    if (auto const* const number = v.if_int64())
        return "integer " + std::to_string(*number);
    return v.is_object() && may_be_object ? "object" : "other";
}

bool is_absent(json::value const& v) { return v.is_null() || (v.is_string() && v.get_string().empty()); }

// The member with this dotted name, or null.
json::value const* find(json::object const& body, std::string_view name)
{
    auto const dot = name.find('.');
    auto const* const outer = body.if_contains(json::string_view{name.data(), std::min(dot, name.size())});
    if (dot == name.npos || outer == nullptr || !outer->is_object())
        return dot == name.npos ? outer : nullptr;
    auto const inner = name.substr(dot + 1);
    return outer->get_object().if_contains(json::string_view{inner.data(), inner.size()});
}

findings members_of(json::object const& body)
{
    findings found;
    for (std::size_t i = 0; i < member_count; ++i)
    {
        auto const name = name_of(static_cast<member>(i));
        auto const* const value = find(body, name);
        if (value != nullptr && !is_absent(*value))
            found.emplace(name, describe(*value, name == nested));
    }
    return found;
}

// Sizes of a tree, to be compared with the limits.
struct extent
{
    std::size_t depth = 0;
    std::size_t members = 0;  // in the largest object
    std::size_t total_members = 0;

    bool keeps(json_limits const& limits) const noexcept
    {
        return depth <= limits.depth && members <= limits.members && total_members <= limits.total_members;
    }
};

void measure(json::value const& v, std::size_t depth, extent& e)
{
    if (!v.is_structured())
        return;
    e.depth = std::max(e.depth, depth);
    if (auto const* const array = v.if_array())
        for (auto const& element : *array)
            measure(element, depth + 1, e);
    if (auto const* const object = v.if_object())
    {
        e.members = std::max(e.members, object->size());
        e.total_members += object->size();
        for (auto const& member : *object)
            measure(member.value(), depth + 1, e);
    }
}

// The number of names in a text that is known to be JSON: each is followed by a colon outside of strings.
std::size_t count_names(std::string_view text)
{
    std::size_t names = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        if (in_string && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            in_string = !in_string;
        else if (text[i] == ':' && !in_string)
            ++names;
    }
    return names;
}

// What our reader must find: nothing where it must refuse.
std::optional<findings> expected(std::string_view body, json_limits const& limits)
{
    json::parse_options options;
    options.max_depth = 64;
    json::error_code ec;
    auto const tree = json::parse(json::string_view{body.data(), body.size()}, ec, {}, options);
    if (ec || !tree.is_object())
        return {};
    extent sizes;
    measure(tree, 1, sizes);
    bool const has_duplicates = sizes.total_members != count_names(body);  // the tree holds the last one alone
    if (has_duplicates || !sizes.keeps(limits))
        return {};
    return members_of(tree.get_object());
}

void check(std::string_view body, json_limits const& limits, json_reader& used)
{
    json_reader fresh{max_body_bytes};
    auto const found = read_with(fresh, limits, body);
    expect(read_with(used, limits, body) == found, "a body reads the same whatever was read before");
    auto const wanted = expected(body, limits);
    expect(found.has_value() == wanted.has_value(), "ours accepts what Boost.JSON and the limits accept");
    expect(found == wanted, "ours finds the members that Boost.JSON finds");
}

}  // namespace

void read_json(std::string_view body)
{
    static json_limits const usual;
    static json_limits const narrow{.depth = 2, .members = 3, .total_members = 4};
    static json_reader reader{max_body_bytes};
    if (body.size() > max_body_bytes)
        return;
    check(body, usual, reader);
    check(body, narrow, reader);
}

}  // namespace tokend::test
