#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace tokend::plugin::ldap {

// Escapes a value for a search filter, RFC 4515 section 3: \ * ( ) and NUL become \xx.
std::string escape_filter(std::string_view value);

// Escapes a binary value for a search filter: every octet becomes \xx.
std::string escape_octets(std::string_view value);

// Escapes a value for a DN, RFC 4514 section 2.4; '#' and '=' everywhere, as Active Directory requires, and control
// characters, because libldap drops line ends at the ends of a value. REQUIRES: UTF-8.
std::string escape_dn(std::string_view value);

struct placeholder
{
    std::string_view name;     // "{username}"
    std::string_view escaped;  // the value, already escaped for its position
};

// Replaces placeholders in one pass, so that a value that looks like a placeholder is not replaced.
std::string fill(std::string_view pattern, std::initializer_list<placeholder> placeholders);

// Returns true for a possible user name: 1 to 256 bytes of UTF-8 without control characters.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

}  // namespace tokend::plugin::ldap
