#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace tokend::plugin::ldap {

// A value for a search filter, RFC 4515 section 3: \ * ( ) and NUL become \xx; all else stays.
std::string escape_filter(std::string_view value);

// Every octet as \xx: for binary values.
std::string escape_octets(std::string_view value);

// A value for a DN, RFC 4514 section 2.4. '#' and '=' are escaped everywhere, as Active Directory wants it.
std::string escape_dn(std::string_view value);

struct placeholder
{
    std::string_view name;     // "{username}"
    std::string_view escaped;  // already, for the place where it goes
};

// Replaces them in one pass, so that a value that looks like a placeholder stays a value.
std::string fill(std::string_view pattern, std::initializer_list<placeholder> placeholders);

// A user name that may be put into filters and DNs: 1 to 256 bytes of UTF-8 without control characters.
bool is_name(std::string_view text) noexcept;

}  // namespace tokend::plugin::ldap
