#include "reference/schema.hpp"

#include "web/description/pointer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <regex>
#include <set>
#include <stdexcept>
#include <string_view>

namespace tokend::test {
namespace {

namespace json = boost::json;
using wrong = std::optional<std::string>;

std::string_view type_of(json::value const& value)
{
    switch (value.kind())
    {
    case json::kind::null:
        return "null";
    case json::kind::bool_:
        return "boolean";
    case json::kind::int64:
    case json::kind::uint64:
        return "integer";
    case json::kind::double_:
        return "number";
    case json::kind::string:
        return "string";
    case json::kind::array:
        return "array";
    case json::kind::object:
        break;
    }
    return "object";
}

bool has_type(json::value const& value, json::value const& types)
{
    auto const* const list = types.if_array();
    return list == nullptr ? types.as_string() == type_of(value)
                           : std::ranges::any_of(*list, [&](auto const& t) { return has_type(value, t); });
}

class checker
{
public:
    checker(json::object const& schema, json::object const& document) : schema_{schema}, document_{document} {}

    wrong check(json::value const& value, std::string const& where) const
    {
        for (auto const& [keyword, rule] : schema_)
            if (auto const what = check(value, keyword, rule, where))
                return what;
        return std::nullopt;
    }

private:
    wrong check(json::value const& value, std::string_view keyword, json::value const& rule,
                std::string const& where) const
    {
        auto const fails = [&] { return where + ": " + json::serialize(value) + " does not meet " + named(keyword); };
        if (keyword == "description" || keyword == "default")
            return std::nullopt;
        if (keyword == "type")
            return has_type(value, rule) ? wrong{} : fails();
        if (keyword == "const")
            return value == rule ? wrong{} : fails();
        if (keyword == "enum")
            return std::ranges::find(rule.as_array(), value) != rule.as_array().end() ? wrong{} : fails();
        if (keyword == "allOf")
            return check_all(value, rule.as_array(), where);
        if (keyword == "oneOf")
            return check_one(value, rule.as_array(), where);
        if (keyword == "minimum" || keyword == "maximum")
            return !value.is_int64() || (keyword == "minimum" ? value.as_int64() >= rule.as_int64()
                                                              : value.as_int64() <= rule.as_int64())
                       ? wrong{}
                       : fails();
        if (keyword == "pattern" || keyword == "format" || keyword == "maxLength")
            return !value.is_string() || is_good_text(value.as_string(), keyword, rule) ? wrong{} : fails();
        if (keyword == "items")
            return check_items(value, rule, where);
        if (keyword == "required")
            return check_required(value, rule.as_array(), where);
        if (keyword == "properties")
            return check_properties(value, rule.as_object(), where);
        if (keyword == "additionalProperties")
            return check_others(value, rule, where);
        throw std::runtime_error{"a schema has the keyword '" + std::string{keyword} + "', which no test checks"};
    }

    std::string named(std::string_view keyword) const
    {
        return std::string{keyword} + ' ' + json::serialize(schema_.at(keyword));
    }

    static bool is_good_text(std::string_view text, std::string_view keyword, json::value const& rule)
    {
        if (keyword == "maxLength")
            return text.size() <= static_cast<std::size_t>(rule.as_int64());
        if (keyword == "format" && rule != "date-time")
            throw std::runtime_error{"no test checks this format"};
        auto const pattern = keyword == "format"
                                 ? std::string{"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
                                 : std::string{rule.as_string()};
        return std::regex_search(text.begin(), text.end(), std::regex{pattern});
    }

    wrong check_all(json::value const& value, json::array const& schemas, std::string const& where) const
    {
        for (auto const& one : schemas)
            if (auto const what = mismatch(value, one, document_, where))
                return what;
        return std::nullopt;
    }

    wrong check_one(json::value const& value, json::array const& schemas, std::string const& where) const
    {
        auto const fitting =
            std::ranges::count_if(schemas, [&](auto const& s) { return !mismatch(value, s, document_, where); });
        if (fitting == 1)
            return std::nullopt;
        return where + ": " + json::serialize(value) + " fits " + std::to_string(fitting) + " of " +
               json::serialize(schemas);
    }

    wrong check_items(json::value const& value, json::value const& rule, std::string const& where) const
    {
        if (auto const* const list = value.if_array())
            for (auto const& item : *list)
                if (auto const what = mismatch(item, rule, document_, where + "[]"))
                    return what;
        return std::nullopt;
    }

    wrong check_required(json::value const& value, json::array const& names, std::string const& where) const
    {
        if (auto const* const object = value.if_object())
            for (auto const& name : names)
                if (!object->contains(name.as_string()))
                    return where + " has no '" + std::string{name.as_string()} + "'";
        return std::nullopt;
    }

    wrong check_properties(json::value const& value, json::object const& rules, std::string const& where) const
    {
        if (auto const* const object = value.if_object())
            for (auto const& [name, rule] : rules)
                if (auto const* const member = object->if_contains(name))
                    if (auto const what = mismatch(*member, rule, document_, where + '.' + std::string{name}))
                        return what;
        return std::nullopt;
    }

    wrong check_others(json::value const& value, json::value const& rule, std::string const& where) const
    {
        auto const* const known = schema_.if_contains("properties");
        if (auto const* const object = value.if_object())
            for (auto const& [name, member] : *object)
            {
                if (known != nullptr && known->as_object().contains(name))
                    continue;
                auto const full = where + '.' + std::string{name};
                if (rule == false)
                    return full + " is not documented";
                if (auto const what = mismatch(member, rule, document_, full))
                    return what;
            }
        return std::nullopt;
    }

    json::object const& schema_;
    json::object const& document_;
};

}  // namespace

wrong mismatch(json::value const& value, json::value const& schema, json::object const& document,
               std::string const& where)
{
    return checker{target(document, schema).as_object(), document}.check(value, where);
}

}  // namespace tokend::test
