#pragma once

#include "ldap/inquiry.hpp"
#include "ldap/search_connection.hpp"
#include "ldap/settings.hpp"

#include <string>
#include <vector>

namespace tokend::plugin::ldap {

// Finds the DNs of a user's groups, with searches of the service account. Throws outage, also if a search fails: a user
// whose groups are unknown must not be treated as a user without groups.
class groups
{
public:
    // REQUIRES: `how` and `searches` outlive this object.
    groups(group_settings const& how, search_connection& searches) : how_{how}, searches_{searches} {}

    // `name` is the user's, for {username} in the filter. REQUIRES: `user` was read with the attributes of wanted().
    task<std::vector<std::string>> find(entry const& user, std::string const& name, inquiry about);
    std::vector<std::string> wanted() const;

private:
    task<std::vector<std::string>> search(std::string filter, inquiry about);
    task<std::vector<std::string>> token_groups(std::string const& user_dn, inquiry about);
    std::string filter_for(std::string_view dn, std::string const& name) const;

    group_settings const& how_;
    search_connection& searches_;
};

}  // namespace tokend::plugin::ldap
