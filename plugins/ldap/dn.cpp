#include "ldap/dn.hpp"

#include "ldap/engine.hpp"

#include <ldap.h>

#include <memory>

namespace tokend::plugin::ldap {
namespace {

struct free_dn
{
    void operator()(LDAPRDN* dn) const noexcept { ::ldap_dnfree(dn); }
};
using parsed_dn = std::unique_ptr<LDAPRDN, free_dn>;

parsed_dn parse(std::string const& text)
{
    LDAPDN dn = nullptr;
    if (text.find('\0') != text.npos || ::ldap_str2dn(text.c_str(), &dn, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
        return nullptr;
    return parsed_dn{dn};
}

}  // namespace

std::string canonical_dn(std::string const& dn)
{
    auto const parsed = parse(dn);
    char* text = nullptr;
    if (!parsed || ::ldap_dn2str(parsed.get(), &text, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
        return lower(dn);
    std::unique_ptr<char, void (*)(void*)> const owned{text, ::ldap_memfree};
    return lower(text);
}

bool is_dn(std::string const& text) { return parse(text) != nullptr; }

std::string first_value(std::string const& dn)
{
    auto const parsed = parse(dn);
    if (!parsed)
        return {};
    auto const& value = parsed.get()[0][0]->la_value;
    return {value.bv_val, value.bv_len};
}

bool is_filter(std::string const& text)
{
    engine const scratch{1};  // encodes the search, and sends it nowhere
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
