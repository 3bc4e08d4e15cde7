#pragma once

#include "ldap/search_connection.hpp"
#include "ldap/settings.hpp"

#include <string>
#include <vector>

namespace tokend::plugin::ldap {

// The groups of a user, as DNs: read by the service. Throws outage, also if a search does not end well: who could not
// be looked up is not in no group.
class groups
{
public:
    // REQUIRES: both outlive this object.
    groups(group_settings const& how, search_connection& searches) : how_{how}, searches_{searches} {}

    // `user` has the attributes that wanted() names; `name` is the user's, for {username} in the filter.
    task<std::vector<std::string>> find(entry const& user, std::string const& name, time_point until);
    std::vector<std::string> wanted() const;

private:
    task<std::vector<std::string>> search(std::string filter, time_point until);
    task<std::vector<std::string>> token_groups(std::string const& user_dn, time_point until);
    std::string filter_for(std::string_view dn, std::string const& name) const;

    group_settings const& how_;
    search_connection& searches_;
};

}  // namespace tokend::plugin::ldap
