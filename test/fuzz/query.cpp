#include "fuzz/query.hpp"

#include "fuzz/carrier.hpp"
#include "fuzz/expect.hpp"
#include "fuzz/responses.hpp"

#include "http/request.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tokend::test {
namespace {

using parameters = std::vector<std::pair<std::string, std::string>>;

parameters parameters_in(std::string_view query)
{
    parameters all;
    for (std::string name, value; next_parameter(query, name, value);)
        all.emplace_back(name, value);
    return all;
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts(1);
    for (char const c : text)
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

// The plain decoder.
std::string decode(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        auto const digit = [&](std::size_t at) { return at < text.size() ? digits.find(text[at]) : digits.npos; };
        auto const high = digit(i + 1), low = digit(i + 2);
        if (text[i] == '%' && high != digits.npos && low != digits.npos)
        {
            decoded += static_cast<char>(high % 16 * 16 + low % 16);
            i += 2;
        }
        else
            decoded += text[i] == '+' ? ' ' : text[i];
    }
    return decoded;
}

parameters decode_plainly(std::string_view query)
{
    parameters all;
    if (query.ends_with('&'))
        query.remove_suffix(1);  // it separates nothing, but an empty query before it is a parameter
    else if (query.empty())
        return all;
    for (auto const& part : split(query, '&'))
    {
        auto const equals = std::min(part.find('='), part.size());
        all.emplace_back(decode(part.substr(0, equals)), decode(part.substr(std::min(equals + 1, part.size()))));
    }
    return all;
}

std::string encode(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcDEF";
    std::string encoded;
    for (char const c : text)
    {
        auto const byte = static_cast<unsigned char>(c);
        encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return encoded;
}

void check_parameters(std::string_view query)
{
    auto const found = parameters_in(query);
    expect(found == decode_plainly(query), "the parameters are those that a plain decoder finds");
    std::string encoded;
    for (auto const& [name, value] : found)
        encoded.append(encode(name)).append("=").append(encode(value)).append("&");
    expect(parameters_in(encoded) == found, "what is encoded byte by byte is found again");
}

void check_target(std::string_view query)
{
    for (std::string_view const begin : {"/", "/a/b", "http://h", "http://h/", "", "*"})
    {
        auto const target = std::string{begin}.append("?").append(query);
        std::string_view path;
        std::string_view rest;
        split_target(target, path, rest);
        expect(rest == query, "the query begins behind the first mark");
        expect(target.ends_with(std::string{path}.append("?").append(query)), "path and query end the target");
    }
}

constexpr std::pair<std::string_view, std::string_view> groups_of_alice[] = {
    {"admins", "admins"}, {"sales, \xc3\xa4 & co", "sales%2C \xc3\xa4 & co"}};  // and as headers show them

// Returns true if one of the alternatives in a value is the text.
bool names(std::string_view value, std::string_view text)
{
    auto const alternatives = split(value, '|');
    return std::find(alternatives.begin(), alternatives.end(), text) != alternatives.end();
}

std::string upper(std::string text)
{
    for (auto& c : text)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

// Returns true if a parameter holds for Alice.
bool holds(std::string const& name, std::string const& value)
{
    auto const is_named = [&](auto const& group) { return names(value, group.first); };
    if (name.empty() && value.empty())
        return true;
    if (name == "organisation")
        return names(upper(value), "ACME");
    if (name == "unit")
        return names(value, "U1");
    if (name == "group")
        return std::any_of(std::begin(groups_of_alice), std::end(groups_of_alice), is_named);
    return (name == "touch" && value == "1") || (name == "groups" && (value == "asked" || value == "none"));
}

// Her groups as the response names them.
std::string shown_groups(parameters const& demands)
{
    auto const is_there = [&](std::string_view name, auto accepts) {
        return std::any_of(demands.begin(), demands.end(),
                           [&](auto const& p) { return p.first == name && accepts(p.second); });
    };
    auto const is_value = [](std::string_view wanted) { return [=](std::string_view v) { return v == wanted; }; };
    std::string shown;
    for (auto const& group : groups_of_alice)
    {
        bool const is_asked = is_there("group", [&](std::string_view v) { return names(v, group.first); });
        if (!is_there("groups", is_value("none")) && (is_asked || !is_there("groups", is_value("asked"))))
            shown.append(shown.empty() ? "" : ",").append(group.second);
    }
    return shown;
}

void check_verify(std::string_view query)
{
    static world all;
    static front const at{"public", public_routes(), 1};
    auto const is_plain = [](unsigned char c) { return c > 0x20 && c < 0x7f; };
    if (!std::all_of(query.begin(), query.end(), is_plain))
        return;  // no target of a request holds such bytes
    auto const request = std::string{"GET /auth/verify?"}.append(query).append(
        " HTTP/1.0\r\nX-Auth-Token: 0000000000000000000000000000000A\r\n\r\n");
    auto const text = carry(all, at, all.fill_in(request));
    std::string_view received = text;
    auto const a = take_answer(received);
    check_answer(a, false);
    auto const demands = decode_plainly(query);
    bool const all_hold =
        std::all_of(demands.begin(), demands.end(), [](auto const& p) { return holds(p.first, p.second); });
    expect(a.status == (all_hold ? 200 : 403), "a token is let in if every parameter holds");
    expect(!all_hold || a.header("X-Auth-Groups") == shown_groups(demands), "the groups are those that are asked for");
}

}  // namespace

void read_query(std::string_view query)
{
    check_parameters(query);
    check_target(query);
    check_verify(query);
}

}  // namespace tokend::test
