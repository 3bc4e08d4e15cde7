#include "http/forwarded.hpp"

#include "base/text.hpp"
#include "http/framing.hpp"
#include "http/quoted.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace tokend {
namespace {

// Removes one character from the front if it is `c`.
bool skip(std::string_view& text, char c) noexcept
{
    bool const there = text.starts_with(c);
    text.remove_prefix(there ? 1 : 0);
    return there;
}

// A port, or RFC 7239's obfuscated one: _ followed by letters, digits, '.', '_' and '-'.
bool is_port(std::string_view text, bool may_be_obfuscated) noexcept
{
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    auto const is_name = [&](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
    };
    if (may_be_obfuscated && text.size() > 1 && text.front() == '_')
        return std::all_of(text.begin(), text.end(), is_name);
    auto const port =
        text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit) ? parse_number(text) : std::nullopt;
    return port && *port <= 65535;
}

// An address without a zone, because a zone has a meaning only on the host that wrote it.
std::optional<ip_address> parse_host(std::string_view text)
{
    return text.find('%') == text.npos ? ip_address::parse(text) : std::nullopt;
}

// An IPv4 address, or an IPv6 address in brackets, either with or without a port. X-Forwarded-For also has IPv6
// addresses without brackets.
std::optional<ip_address> parse_node(std::string_view text, client_field field)
{
    bool const by_rfc = field == client_field::forwarded;
    auto const colons = std::count(text.begin(), text.end(), ':');
    auto host = text;
    std::string_view rest;
    if (skip(host, '['))
    {
        auto const end = host.find(']');
        if (end == host.npos || host.substr(0, end).find(':') == host.npos)
            return std::nullopt;
        rest = host.substr(end + 1);
        host = host.substr(0, end);
    }
    else if (colons == 1)
    {
        rest = host.substr(host.find(':'));
        host = host.substr(0, host.find(':'));
    }
    else if (colons > 0 && by_rfc)
        return std::nullopt;
    bool const has_port = skip(rest, ':');
    bool const ends_well = has_port ? is_port(rest, by_rfc) : rest.empty();
    return ends_well ? parse_host(host) : std::nullopt;
}

// Returns true if a backslash takes its meaning from the character behind this text.
bool is_escaped(std::string_view before) noexcept
{
    auto const last_other = before.find_last_not_of('\\');
    return (before.size() - (last_other == before.npos ? 0 : last_other + 1)) % 2 == 1;
}

// Returns where the quoted string begins that ends with the text, or npos. REQUIRES: the text ends with a quote.
std::size_t start_of_quoted(std::string_view text) noexcept
{
    auto at = text.size() - 1;
    if (is_escaped(text.substr(0, at)))
        return text.npos;
    do
        at = at == 0 ? text.npos : text.rfind('"', at - 1);
    while (at != text.npos && is_escaped(text.substr(0, at)));
    return at;
}

// Cuts the last element off a list. `quoted`: commas in quoted strings do not separate elements. Returns nothing for a
// quote without its partner.
std::optional<std::string_view> take_last_element(std::string_view& list, bool quoted) noexcept
{
    auto begin = list.size();
    while (begin > 0 && list[begin - 1] != ',')
        if (quoted && list[begin - 1] == '"')
        {
            begin = start_of_quoted(list.substr(0, begin));
            if (begin == list.npos)
                return std::nullopt;
        }
        else
            --begin;
    auto const element = trim(list.substr(begin));
    list = list.substr(0, begin == 0 ? 0 : begin - 1);
    return element;
}

// Cuts `name=value` off the front of an element of Forwarded, and the semicolon behind it. Returns nothing for other
// text. The value keeps its quotes. Many proxies write a value with a colon that is no quoted string: it counts.
std::optional<std::pair<std::string_view, std::string_view>> take_pair(std::string_view& rest) noexcept
{
    auto const end = find_unquoted(rest, ';');
    if (end == rest.npos)
        return std::nullopt;
    auto const pair = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty())
        return std::pair{pair, pair};
    auto const equals = pair.find('=');
    if (equals == pair.npos || !is_token(pair.substr(0, equals)))
        return std::nullopt;
    auto const value = pair.substr(equals + 1);
    bool const is_quoted =
        value.size() > 1 && value.front() == '"' && start_of_quoted(value) == 0;  // one string and nothing else
    bool const is_plain = value.find('"') == value.npos;
    return is_quoted || is_plain ? std::optional{std::pair{pair.substr(0, equals), value}} : std::nullopt;
}

// The text of a node, without the quotes and escapes of a quoted string.
class node_text
{
public:
    // Returns false if the value is too long for a node.
    bool assign(std::string_view value) noexcept
    {
        size_ = 0;
        bool const is_quoted = value.starts_with('"');
        if (is_quoted)
            value = value.substr(1, value.size() - 2);
        for (std::size_t i = 0; i < value.size(); ++i)
        {
            if (is_quoted && value[i] == '\\')
                ++i;
            if (size_ == bytes_.size())
                return false;
            bytes_[size_++] = value[i];
        }
        return true;
    }
    std::string_view view() const noexcept { return {bytes_.data(), size_}; }

private:
    std::array<char, 128> bytes_;  // an address has 45 characters, and an obfuscated port rarely more than 20
    std::size_t size_ = 0;
};

// The address of `for=` in an element of Forwarded. Nothing if any of the element's pairs is wrong, or if two of them
// have that name.
std::optional<ip_address> parse_forwarded_element(std::string_view element)
{
    std::string_view node;
    while (!element.empty())
    {
        auto const pair = take_pair(element);
        if (!pair)
            return std::nullopt;
        if (!equal_folded(pair->first, "for"))
            continue;
        if (!node.empty() || pair->second.empty())
            return std::nullopt;
        node = pair->second;
    }
    node_text text;
    return text.assign(node) ? parse_node(text.view(), client_field::forwarded) : std::nullopt;
}

// Reads the elements from the last to the first.
class list_reader
{
public:
    list_reader(client_field field, std::span<network const> trusted) : field_{field}, trusted_{trusted} {}

    // Reads one line. Returns false once the list is decided, or wrong.
    bool read(std::string_view line)
    {
        while (!line.empty())
        {
            bool const by_rfc = field_ == client_field::forwarded;
            auto const element = take_last_element(line, by_rfc);
            if (element && element->empty())
                continue;
            found_ = !element ? std::nullopt
                     : by_rfc ? parse_forwarded_element(*element)
                              : parse_node(*element, field_);
            if (!found_ || !is_trusted(*found_))
                return false;
        }
        return true;
    }
    std::optional<ip_address> const& found() const noexcept { return found_; }

private:
    bool is_trusted(ip_address const& a) const noexcept
    {
        return std::any_of(trusted_.begin(), trusted_.end(), [&](network const& n) { return n.contains(a); });
    }

    client_field const field_;
    std::span<network const> const trusted_;
    std::optional<ip_address> found_;  // the one that counts if the list ends here
};

}  // namespace

std::optional<ip_address> forwarded_client(header_fields const& fields, client_field field,
                                           std::span<network const> trusted)
{
    auto const name = field == client_field::forwarded ? header::forwarded : header::x_forwarded_for;
    if (field == client_field::none || fields.count(name) == 0)
        return std::nullopt;
    list_reader list{field, trusted};
    for (auto line = fields.end(); line != fields.begin();)
        if (--line; line->name == name && !list.read(line->value))
            break;
    return list.found();
}

}  // namespace tokend
