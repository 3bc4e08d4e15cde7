#include "ldap/dn.hpp"

#include "ldap/engine.hpp"

#include <ldap.h>

#include <memory>
#include <string_view>
#include <utility>

namespace tokend::plugin::ldap {
namespace {

struct free_dn
{
    void operator()(LDAPRDN* dn) const noexcept { ::ldap_dnfree(dn); }
};
using parsed_dn = std::unique_ptr<LDAPRDN, free_dn>;

std::optional<std::string> text_of(LDAPDN dn)
{
    char* text = nullptr;
    if (::ldap_dn2str(dn, &text, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
        return std::nullopt;
    std::unique_ptr<char, void (*)(void*)> const owned{text, ::ldap_memfree};
    return std::string{text};
}

// Returns null for a text that is not a DN, and for one that libldap reads but cannot write, because a value is not
// UTF-8 (RFC 4514 section 2.4).
parsed_dn parse(std::string const& text)
{
    LDAPDN dn = nullptr;
    if (text.find('\0') != text.npos || ::ldap_str2dn(text.c_str(), &dn, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
        return nullptr;
    parsed_dn parsed{dn};
    return text_of(dn) ? std::move(parsed) : nullptr;
}

std::size_t count(LDAPDN dn)
{
    std::size_t rdns = 0;
    while (dn != nullptr && dn[rdns] != nullptr)
        ++rdns;
    return rdns;
}

std::string_view text_in(berval const& value) { return {value.bv_val, value.bv_len}; }

}  // namespace

std::string canonical_dn(std::string const& dn)
{
    auto const parsed = parse(dn);
    auto const text = parsed ? text_of(parsed.get()) : std::nullopt;
    return lower(text.value_or(dn));
}

bool is_dn(std::string const& text) { return parse(text) != nullptr; }

std::optional<std::size_t> depth_below(std::string const& dn, std::string const& base)
{
    auto const below = parse(dn);
    auto const above = parse(base);
    auto const all = count(below.get());
    auto const common = count(above.get());
    if (all < common || (!above && !base.empty()))
        return std::nullopt;
    if (common != 0 && lower(text_of(below.get() + (all - common)).value_or("")) != canonical_dn(base))
        return std::nullopt;
    return all - common;
}

template_parts split_template(std::string const& dn_template)
{
    template_parts parts;
    auto const parsed = parse(dn_template);
    auto const all = count(parsed.get());
    for (std::size_t i = 0; i < all; ++i)
        for (auto* const* part = parsed.get()[i]; *part != nullptr; ++part)
            if (text_in((*part)->la_value).find("{username}") != std::string_view::npos)
                parts.depth = i + 1;
    if (all != 0)
        parts.attribute = text_in(parsed.get()[0][0]->la_attr);
    if (parts.depth < all)
        parts.base = text_of(parsed.get() + parts.depth).value_or("");
    return parts;
}

std::string first_value(std::string const& dn)
{
    auto const parsed = parse(dn);
    if (!parsed)
        return {};
    return std::string{text_in(parsed.get()[0][0]->la_value)};
}

bool is_filter(std::string const& text)
{
    engine const scratch{1};  // encodes the search, but does not send it
    int id = 0;
    return text.starts_with('(') && ::ldap_search_ext(scratch.handle(), "", LDAP_SCOPE_BASE, text.c_str(), nullptr, 0,
                                                      nullptr, nullptr, nullptr, 0, &id) == LDAP_SUCCESS;
}

std::string lower(std::string text)
{
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

}  // namespace tokend::plugin::ldap
