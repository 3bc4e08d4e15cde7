#pragma once

#include <string>
#include <string_view>
#include <vector>

// Who is in the directory of the tests.
namespace tokend::test {

// Names with which an escape that is missing or misplaced shows.
inline std::vector<std::string> const& special_names()
{
    static std::vector<std::string> const names{"star*man",    "paren(x)",   "back\\slash", "comma,name",
                                                "plus+hash#x", "#leading",   "less<more>",  "semi;colon",
                                                "quote\"d",    "equal=sign", "Zoë",         "{dn}"};
    return names;
}

inline constexpr std::string_view contractors_base = "ou=contractors,dc=example,dc=com";  // named by cn
inline constexpr std::string_view many_base = "ou=many,dc=example,dc=com";

std::string dn_of(std::string_view user);
std::string active_directory_schema();  // as much of it as the plugin asks for
std::string people_ldif();
std::string groups_ldif();                                         // added over LDAP, so that memberOf is kept
std::string many_groups_ldif(std::string_view member, int count);  // a change that adds them below many_base

}  // namespace tokend::test
