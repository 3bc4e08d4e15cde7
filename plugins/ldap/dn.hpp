#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace tokend::plugin::ldap {

// Equal for two spellings of one name: RFC 4514's form, lower case in ASCII. Nothing but text in lower case if it is no
// DN.
std::string canonical_dn(std::string const& dn);

bool is_dn(std::string const& text);

// How many RDNs `dn` has before those of `base`: 0 if they are the same, nothing if it is not below it.
std::optional<std::size_t> depth_below(std::string const& dn, std::string const& base);

// A DN with {username} in it, split where every user's is the same: what stands before that, as RDNs, and the rest.
struct template_parts
{
    std::size_t depth = 0;
    std::string attribute;  // of the first RDN
    std::string base;
};
template_parts split_template(std::string const& dn_template);

// The value of the first RDN, unescaped: "staff" of cn=staff,ou=groups,dc=example. Empty if it is no DN.
std::string first_value(std::string const& dn);

// Would a server understand it?
bool is_filter(std::string const& text);

std::string lower(std::string text);  // ASCII

}  // namespace tokend::plugin::ldap
