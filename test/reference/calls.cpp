#include "reference/calls.hpp"

#include "contract/contract.hpp"
#include "web/description/pointer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cctype>
#include <utility>

namespace tokend::test {
namespace {

namespace json = boost::json;

constexpr std::string_view key_line = "Authorization: Basic ZGVtby1hcGkta2V5LTE6\r\n";  // demo-api-key-1

std::string text_of(json::value const& value)
{
    return value.is_string() ? std::string{value.as_string()} : json::serialize(value);
}

json::value const* examples_of(operation const& of)
{
    auto const* const body = of.content->if_contains("requestBody");
    return body == nullptr ? nullptr : &body->at("content").at("application/json").at("examples");
}

std::string encoded(std::string text)
{
    for (auto bar = text.find('|'); bar != text.npos; bar = text.find('|'))
        text.replace(bar, 1, "%7C");
    return text;
}

// Calls `use` with each parameter of the method.
template <class Use>
void each_parameter(operation const& of, Use use)
{
    for (auto const* const owner : {of.item, of.content})
        if (auto const* const list = owner->if_contains("parameters"))
            for (auto const& one : list->as_array())
                use(target(reference(), one).as_object());
}

void replace(std::string& text, std::string_view what, std::string_view by)
{
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

}  // namespace

std::string call::text() const
{
    auto const type = verb == "POST" && headers.find("Content-Type:") == headers.npos
                          ? std::string{"Content-Type: application/json\r\n"}
                          : std::string{};
    return request(verb, target, type + headers, body);
}

std::vector<std::string> example_names(operation const& of)
{
    std::vector<std::string> names;
    if (auto const* const examples = examples_of(of))
        for (auto const& [name, value] : examples->as_object())
            names.emplace_back(name);
    if (names.empty())
        names.emplace_back();
    return names;
}

call example_call(operation const& of, std::string_view example)
{
    call c{of.verb, of.path};
    std::ranges::transform(c.verb, c.verb.begin(), [](unsigned char b) { return std::toupper(b); });
    each_parameter(of, [&](json::object const& p) {
        if (p.at("in") == "path")
            replace(c.target, '{' + text_of(p.at("name")) + '}', text_of(p.at("example")));
    });
    if (auto const* const examples = examples_of(of))
    {
        auto const& all = examples->as_object();
        c.body = json::serialize((example.empty() ? all.begin()->value() : all.at(example)).at("value"));
    }
    if (of.path == api_key_path)
        c.headers = key_line;
    if (is_for_operators(of))
        c.headers = bearer(operator_token);
    if (of.path.starts_with("/auth/verify"))
        c.headers = bearer(example_token);
    return c;
}

call full_example_call(operation const& of, std::string_view example)
{
    auto c = example_call(of, example);
    each_parameter(of, [&](json::object const& p) {
        auto const name = text_of(p.at("name"));
        if (p.at("in") == "query")
            c.target.append(c.target.find('?') == c.target.npos ? "?" : "&")
                .append(name)
                .append("=")
                .append(encoded(text_of(p.at("example"))));
        if (p.at("in") == "header")
            c.headers.append(name).append(": ").append(text_of(p.at("example"))).append("\r\n");
    });
    return c;
}

std::string with_token(std::string text, std::string_view token, std::string_view accessor)
{
    replace(text, example_token, token);
    replace(text, example_accessor, accessor);
    return text;
}

complete_tokend::complete_tokend(std::string const& more, std::vector<std::string> arguments)
    : tokend_{"admin", "[listen.metrics]\naddress = " + metrics_ + '\n' + more, std::move(arguments)}
{}

std::string const& complete_tokend::address_of(operation const& of) const
{
    if (of.path == "/metrics")
        return metrics_;
    bool const is_for_all = of.path == "/" || of.path.starts_with("/page/") || of.path == "/openapi.json";
    return is_for_operators(of) || is_for_all ? tokend_.tcp_address() : tokend_.address();
}

bool is_for_operators(operation const& of) { return of.path.starts_with("/admin/"); }

}  // namespace tokend::test
