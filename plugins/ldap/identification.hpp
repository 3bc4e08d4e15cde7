#pragma once

#include "ldap/message.hpp"

#include <string>
#include <string_view>

// How a recheck finds the entry that a login has found. Pure functions.
namespace tokend::plugin::ldap {

// Returns the id by which tokend remembers a user: the value of the id attribute, with objectGUID as Active Directory
// writes it, and other binary values as "hex:0123..."; or "dn:" and the entry's DN if the attribute is missing.
std::string subject_id_of(entry const& user, std::string const& attribute);

// Returns the DN in such an id; empty if the id holds the attribute's value.
std::string dn_in(std::string_view subject_id);

// Returns the octets of the attribute's value in such an id.
std::string octets_in(std::string_view subject_id, std::string const& attribute);

// Returns a login's filter without its condition on the name, for an entry that is found by its id and must pass the
// rest. An item with {username} is replaced by one that every entry passes; below a NOT, {username} is replaced by the
// name.
std::string without_name(std::string_view filter, std::string_view escaped_name);

}  // namespace tokend::plugin::ldap
