#pragma once

#include <string>

namespace tokend::plugin::ldap {

// Equal for two spellings of one name: RFC 4514's form, lower case in ASCII. Nothing but text in lower case if it is no
// DN.
std::string canonical_dn(std::string const& dn);

bool is_dn(std::string const& text);

// The value of the first RDN, unescaped: "staff" of cn=staff,ou=groups,dc=example. Empty if it is no DN.
std::string first_value(std::string const& dn);

// Would a server understand it?
bool is_filter(std::string const& text);

std::string lower(std::string text);  // ASCII

}  // namespace tokend::plugin::ldap
