#include "fuzz/ldap_escape.hpp"

#include "fuzz/expect.hpp"
#include "fuzz/parsed_dn.hpp"

#include "common/utf8.hpp"
#include "ldap/dn.hpp"
#include "ldap/engine.hpp"
#include "ldap/escape.hpp"
#include "ldap/identification.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

namespace tokend::test {
namespace {

using namespace plugin::ldap;

constexpr std::string_view name_mark = "{username}";

// The bytes of a search with that filter, but its number; empty if libldap takes it for no filter.
std::string encode(std::string const& filter)
{
    engine scratch{1};
    int id = 0;
    if (::ldap_search_ext(scratch.handle(), "", LDAP_SCOPE_BASE, filter.c_str(), nullptr, 0, nullptr, nullptr, nullptr,
                          0, &id) != LDAP_SUCCESS)
        return {};
    auto const bytes = scratch.take_output();
    return {bytes.begin(), bytes.end()};
}

// The end of a search whose filter compares cn with the value, RFC 4511 section 4.5.1: the filter, and no attributes.
std::string equality(std::string_view value)
{
    std::unique_ptr<BerElement, void (*)(BerElement*)> const to{::ber_alloc_t(LBER_USE_DER),
                                                                [](BerElement* b) { ::ber_free(b, 1); }};
    berval const bytes{value.size(), const_cast<char*>(value.data())};
    ::ber_printf(to.get(), "t{sO}{}", ber_tag_t{LDAP_FILTER_EQUALITY}, "cn", &bytes);
    berval all{};
    ::ber_flatten2(to.get(), &all, 0);
    return {all.bv_val, all.bv_len};
}

std::string other_value(std::string_view value) { return std::string(value.size(), 'x'); }

void check_filter(std::string_view value)
{
    auto const wanted = equality(value);
    expect(encode("(cn=" + escape_filter(value) + ")").ends_with(wanted), "a filter compares with the value");
    expect(value.empty() || encode("(cn=" + escape_octets(value) + ")").ends_with(wanted),
           "a filter compares with the octets");
}

void check_filter_template(std::string const& filter, std::string_view value)
{
    auto const filled = [&](std::string const& escaped) { return fill(filter, {{name_mark, escaped}}); };
    auto const other = other_value(value);
    if (!is_filter(filled("x")) || !is_filter(filled(escape_filter(")"))))
        return;  // no filter, or one that names an attribute after the user
    expect(encode(filled(escape_filter(value))).size() == encode(filled(other)).size(),
           "the value changes nothing else in a filter");
    auto const rest = without_name(filter, escape_filter(value));
    expect(is_filter(rest), "a filter without its condition on the name is a filter");
    expect(encode(rest).size() == encode(without_name(filter, other)).size(), "and the value changes nothing else");
}

void check_dn(std::string const& value)
{
    auto const dn = "cn=" + escape_dn(value) + ",dc=example";
    expect(parse_dn(dn) == dn_parts{{{"cn", value}}, {{"dc", "example"}}}, "a DN holds the value");
    expect(first_value(dn) == value, "the first value of a DN is the value");
    expect(depth_below(dn, "DC=Example") == 1, "a DN with the value is where it is");
    auto const all = "dc=example,cn=" + escape_dn(value) + "+sn=" + escape_dn(value);
    expect(parse_dn(all) == dn_parts{{{"dc", "example"}}, {{"cn", value}, {"sn", value}}}, "a DN ends with the value");
}

// Keeps the form of a DN, and forgets the values.
dn_parts form_of(std::string const& dn)
{
    auto parts = parse_dn(dn).value_or(dn_parts{});
    for (auto& rdn : parts)
        for (auto& part : rdn)
            part.second.clear();
    return parts;
}

void check_dn_template(std::string const& text, std::string_view value)
{
    auto const filled = [&](std::string const& escaped) { return fill(text, {{name_mark, escaped}}); };
    if (text.find(name_mark) == text.npos || !is_dn(filled("x")) || !is_dn(filled(escape_dn(","))))
        return;  // no template, or one that names an attribute after the user
    auto const dn = filled(escape_dn(value));
    expect(form_of(dn) == form_of(filled("x")), "the value changes nothing else in a DN");
    auto const parts = split_template(text);
    expect(parts.depth > 0 && depth_below(dn, parts.base) == parts.depth, "users are below the base of a template");
}

void check_id(std::string const& value)
{
    for (std::string const attribute : {"entryUUID", "objectGUID"})
    {
        entry const user{"cn=x", {{attribute, {value}}}};
        auto const id = subject_id_of(user, attribute);
        expect(!id.empty(), "an entry has an id");
        expect(value.empty() ? dn_in(id) == "cn=x" : octets_in(id, attribute) == value, "an id gives the value back");
        expect(value.empty() || dn_in(id).empty(), "an id of a value is no DN");
    }
}

}  // namespace

void escape_ldap(std::string_view input)
{
    [[maybe_unused]] static bool const prepared = [] {
        ::setenv("LDAPNOINIT", "1", 1);
        prepare_libldap();
        return true;
    }();
    auto const end = std::min(input.find('\n'), input.size());
    std::string const first{input.substr(0, end)};
    std::string const value{input.substr(std::min(end + 1, input.size()))};
    check_filter(value);
    if (plugin::is_utf8(value))
        check_dn(value);
    check_id(value);
    if (!is_name(value))
        return;  // no user has such a name
    check_filter_template(first, value);
    check_dn_template(first, value);
}

}  // namespace tokend::test
