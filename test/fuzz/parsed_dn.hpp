#pragma once

#include <ldap.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend::test {

// An attribute and its value.
using dn_part = std::pair<std::string, std::string>;
// The parts of a DN as libldap reads them: RDNs, the first first, of one part or several.
using dn_parts = std::vector<std::vector<dn_part>>;

// Returns nothing if libldap reads no DN in the text, one of no parts, or one that it cannot write.
inline std::optional<dn_parts> parse_dn(std::string const& text)
{
    LDAPDN dn = nullptr;
    if (text.find('\0') != text.npos || ::ldap_str2dn(text.c_str(), &dn, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS || !dn)
        return std::nullopt;
    auto const bytes = [](berval const& v) { return std::string{v.bv_val, v.bv_len}; };
    dn_parts parts;
    for (auto* rdn = dn; *rdn != nullptr; ++rdn)
    {
        auto& values = parts.emplace_back();
        for (auto* part = *rdn; *part != nullptr; ++part)
            values.emplace_back(bytes((*part)->la_attr), bytes((*part)->la_value));
    }
    char* written = nullptr;
    bool const is_writable = ::ldap_dn2str(dn, &written, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS;
    ::ldap_memfree(written);
    ::ldap_dnfree(dn);
    return is_writable ? std::optional{parts} : std::nullopt;
}

}  // namespace tokend::test
