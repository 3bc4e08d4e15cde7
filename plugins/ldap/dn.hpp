#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace tokend::plugin::ldap {

// Returns the same text for all spellings of one DN: the form of RFC 4514, ASCII letters in lower case. A value that is
// given as #hex stays as it is. A text that is not a DN is only put into lower case.
std::string canonical_dn(std::string const& dn);

[[nodiscard]] bool is_dn(std::string const& text);

// Returns how many RDNs `dn` has before those of `base`: 0 if they are the same, nothing if `dn` is not below `base`.
[[nodiscard]] std::optional<std::size_t> depth_below(std::string const& dn, std::string const& base);

// A DN with {username} in it, split into the RDNs that differ from user to user, and the base that all users share.
struct template_parts
{
    std::size_t depth = 0;  // number of RDNs before the base
    std::string attribute;  // of the first RDN
    std::string base;
};
template_parts split_template(std::string const& dn_template);

// Returns the value of the first RDN, unescaped: "staff" for cn=staff,ou=groups,dc=example. Empty if `dn` is not a DN.
std::string first_value(std::string const& dn);

// Returns true if libldap can encode the text as a search filter.
[[nodiscard]] bool is_filter(std::string const& text);

std::string lower(std::string text);  // ASCII

}  // namespace tokend::plugin::ldap
