#include "fuzz/ldap_dn.hpp"

#include "fuzz/expect.hpp"
#include "fuzz/parsed_dn.hpp"

#include "ldap/dn.hpp"
#include "ldap/escape.hpp"
#include "ldap/group_map.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tokend::test {
namespace {

using namespace plugin::ldap;

dn_parts folded(dn_parts parts)
{
    for (auto& rdn : parts)
        for (auto& [attribute, value] : rdn)
        {
            attribute = lower(attribute);
            value = lower(value);
        }
    return parts;
}

// Another spelling of these parts: values octet by octet, and blanks where they may be.
std::string respell(dn_parts const& parts, std::size_t from)
{
    std::string text;
    for (auto rdn = parts.begin() + static_cast<std::ptrdiff_t>(from); rdn != parts.end(); ++rdn)
        for (auto part = rdn->begin(); part != rdn->end(); ++part)
        {
            text += part != rdn->begin() ? " + " : text.empty() ? "" : " , ";
            text += part->first + " = " + escape_octets(part->second);
        }
    return text;
}

// A value that is given as #hex is BER. libldap leaves it as it is, and reads some that it writes in no such way.
bool has_ber(std::string const& text) { return text.find('#') != text.npos; }

void check_dn(std::string const& text, dn_parts const& parts)
{
    expect(first_value(text) == parts.front().front().second, "the first value is that of the first part");
    if (has_ber(text))
        return;
    auto const canonical = canonical_dn(text);
    auto const again = parse_dn(canonical);
    expect(again && folded(*again) == folded(parts), "the canonical spelling has the same parts");
    expect(canonical_dn(canonical) == canonical, "the canonical spelling is its own");
    for (std::size_t depth = 0; depth <= parts.size(); ++depth)
    {
        auto const base = respell(parts, depth);
        expect(depth != 0 || canonical_dn(base) == canonical, "another spelling has the same canonical one");
        expect(depth_below(text, base) == depth, "a DN is below its last parts");
        expect(depth == 0 || depth == parts.size() || !depth_below(base, text), "and these are not below it");
    }
}

void check_group(std::string const& text)
{
    if (text.find_first_of(";\t") != text.npos || text.find("->") != text.npos || text.starts_with(' ') ||
        text.ends_with(' '))
        return;
    group_map const map{text + " -> one; cn=other group -> two"};
    auto const words = map.apply({text}, "");
    expect(!words.empty() && words.front() == "one", "a map finds a group by its DN");
    expect(group_map{"*"}.apply({text}, "").size() == 1, "and all groups by their names");
}

void check_depth(std::string const& dn, std::string const& base)
{
    auto const below = parse_dn(dn);
    auto const above = parse_dn(base);
    if (!below || !above || has_ber(dn) || has_ber(base))
        return;
    auto const depth = depth_below(dn, base);
    auto const all = folded(*below), last = folded(*above);
    bool const is_below = all.size() >= last.size() && std::equal(last.rbegin(), last.rend(), all.rbegin());
    expect(depth.has_value() == is_below, "a DN is below another if it ends with its parts");
    expect(!depth || *depth == all.size() - last.size(), "and by so many parts");
}

}  // namespace

void read_dns(std::string_view lines)
{
    std::vector<std::string> texts(1);
    for (char const c : lines)
        if (c == '\n')
            texts.emplace_back();
        else
            texts.back() += c;
    for (auto const& text : texts)
    {
        auto const parts = parse_dn(text);
        expect(is_dn(text) == parts.has_value(), "a text is a DN if libldap finds one in it");
        if (parts)
        {
            check_dn(text, *parts);
            check_group(text);
        }
        else
            expect(first_value(text).empty() && canonical_dn(text) == lower(text), "another text is left as it is");
        check_depth(text, texts.front());
    }
}

}  // namespace tokend::test
