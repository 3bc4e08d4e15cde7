#pragma once

#include "ldap/message.hpp"

#include <string>
#include <string_view>

// Pure: how an entry that a login has found is found again.
namespace tokend::plugin::ldap {

// What tokend keeps to know the user by: the value of the id attribute, objectGUID as Active Directory writes it, other
// binary values as "hex:0123..."; "dn:" and the entry's DN if the attribute is not there.
std::string subject_id_of(entry const& user, std::string const& attribute);

// The DN in such an id; empty if it holds the attribute's value.
std::string dn_in(std::string_view subject_id);

// The octets of the attribute in such an id.
std::string octets_in(std::string_view subject_id, std::string const& attribute);

// The filter of a login without its question for the name: for an entry that is known by other means and is only to pass
// the rest. An item with {username} becomes one that every entry passes; below a NOT the name takes its place.
std::string without_name(std::string_view filter, std::string_view escaped_name);

}  // namespace tokend::plugin::ldap
