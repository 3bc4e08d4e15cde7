#pragma once

#include <string>
#include <string_view>
#include <vector>

// The people in the tests' directory.
namespace tokend::test {

// Names that reveal a missing or misplaced escape.
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
std::string active_directory_schema();  // the part that the plugin reads
std::string people_ldif();
std::string groups_ldif();                                         // added over LDAP, so that memberOf is kept
std::string many_groups_ldif(std::string_view member, int count);  // an LDIF change that adds them below many_base

}  // namespace tokend::test
