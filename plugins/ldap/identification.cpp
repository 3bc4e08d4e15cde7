#include "ldap/identification.hpp"

#include "common/utf8.hpp"
#include "ldap/dn.hpp"
#include "ldap/escape.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace tokend::plugin::ldap {
namespace {

constexpr std::string_view dn_mark = "dn:";
constexpr std::string_view hex_mark = "hex:";
constexpr std::string_view name_mark = "{username}";
constexpr std::string_view always = "(objectClass=*)";

// The first three fields of an objectGUID are little-endian, MS-DTYP 2.3.4.
constexpr std::array<std::size_t, 16> guid_order{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

bool is_guid(std::string const& attribute) { return lower(attribute) == "objectguid"; }

bool is_text(std::string_view value)
{
    auto const is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    return is_utf8(value) && std::none_of(value.begin(), value.end(), is_control);
}

void append_hex(std::string& to, char c)
{
    constexpr char digits[] = "0123456789abcdef";
    auto const byte = static_cast<unsigned char>(c);
    to += digits[byte >> 4];
    to += digits[byte & 15];
}

std::optional<std::string> read_hex(std::string_view digits)
{
    std::string octets;
    for (; digits.size() >= 2; digits.remove_prefix(2))
    {
        unsigned byte = 0;
        if (std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr != digits.data() + 2)
            return std::nullopt;
        octets += static_cast<char>(byte);
    }
    return digits.empty() ? std::optional{octets} : std::nullopt;
}

std::string guid_text(std::string_view octets)
{
    std::string text;
    for (std::size_t i = 0; i < guid_order.size(); ++i)
    {
        text += i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
        append_hex(text, octets[guid_order[i]]);
    }
    return text;
}

std::optional<std::string> read_guid(std::string text)
{
    std::erase(text, '-');
    auto const read = read_hex(text);
    if (!read || read->size() != guid_order.size())
        return std::nullopt;
    std::string octets(guid_order.size(), '\0');
    for (std::size_t i = 0; i < guid_order.size(); ++i)
        octets[guid_order[i]] = (*read)[i];
    return octets;
}

}  // namespace

std::string subject_id_of(entry const& user, std::string const& attribute)
{
    auto const value = user.value(attribute);
    if (value.empty())
        return std::string{dn_mark} + user.dn;
    if (is_guid(attribute) && value.size() == guid_order.size())
        return guid_text(value);
    if (!is_guid(attribute) && is_text(value) && !value.starts_with(dn_mark) && !value.starts_with(hex_mark))
        return value;
    std::string text{hex_mark};
    for (char const c : value)
        append_hex(text, c);
    return text;
}

std::string dn_in(std::string_view subject_id)
{
    return subject_id.starts_with(dn_mark) ? std::string{subject_id.substr(dn_mark.size())} : std::string{};
}

std::string octets_in(std::string_view subject_id, std::string const& attribute)
{
    std::optional<std::string> octets;
    if (subject_id.starts_with(hex_mark))
        octets = read_hex(subject_id.substr(hex_mark.size()));
    else if (is_guid(attribute))
        octets = read_guid(std::string{subject_id});
    return octets ? *octets : std::string{subject_id};
}

// An item ends at the next parenthesis: RFC 4515 requires that values escape them.
std::string without_name(std::string_view filter, std::string_view escaped_name)
{
    std::string rest;
    std::vector<bool> negated{false};  // for each enclosing list of filters, the outermost first
    for (; !filter.empty(); filter.remove_prefix(1))
    {
        auto const kind = filter.find_first_not_of(" \t\n", 1);  // which libldap passes over
        bool const opens = filter.front() == '(' && kind != filter.npos;
        if (opens && std::string_view{"&|!"}.find(filter[kind]) == std::string_view::npos)
        {
            auto const end = filter.find(')');
            auto const item = end == filter.npos ? filter : filter.substr(0, end + 1);
            bool const asks_name = item.find(name_mark) != item.npos;
            rest += asks_name && !negated.back() ? std::string{always} : fill(item, {{name_mark, escaped_name}});
            filter.remove_prefix(item.size() - 1);
            continue;
        }
        if (opens)
            negated.push_back(negated.back() != (filter[kind] == '!'));
        else if (filter.front() == ')' && negated.size() > 1)
            negated.pop_back();
        rest += filter.front();
    }
    return rest;
}

}  // namespace tokend::plugin::ldap
