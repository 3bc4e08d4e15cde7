#include "ldap/escape.hpp"

#include "common/utf8.hpp"

#include <algorithm>

namespace tokend::plugin::ldap {
namespace {

void append_octet(std::string& to, char c)
{
    constexpr char digits[] = "0123456789abcdef";
    auto const byte = static_cast<unsigned char>(c);
    to += '\\';
    to += digits[byte >> 4];
    to += digits[byte & 15];
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_special(std::string_view specials, char c) { return c == '\0' || specials.find(c) != specials.npos; }

}  // namespace

std::string escape_filter(std::string_view value)
{
    std::string escaped;
    for (char const c : value)
        if (is_special("\\*()", c))
            append_octet(escaped, c);
        else
            escaped += c;
    return escaped;
}

std::string escape_octets(std::string_view value)
{
    std::string escaped;
    for (char const c : value)
        append_octet(escaped, c);
    return escaped;
}

std::string escape_dn(std::string_view value)
{
    std::string escaped;
    for (std::size_t i = 0; i < value.size(); ++i)
        if (is_control(value[i]) || (value[i] == ' ' && (i == 0 || i + 1 == value.size())))
            append_octet(escaped, value[i]);
        else
        {
            if (is_special(",+\"\\<>;=#", value[i]))
                escaped += '\\';
            escaped += value[i];
        }
    return escaped;
}

std::string fill(std::string_view pattern, std::initializer_list<placeholder> placeholders)
{
    std::string filled;
    while (!pattern.empty())
    {
        auto const found = std::find_if(placeholders.begin(), placeholders.end(),
                                        [&](placeholder const& p) { return pattern.starts_with(p.name); });
        bool const is_one = found != placeholders.end();
        filled += is_one ? found->escaped : pattern.substr(0, 1);
        pattern.remove_prefix(is_one ? found->name.size() : 1);
    }
    return filled;
}

bool is_name(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= 256 && is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

}  // namespace tokend::plugin::ldap
