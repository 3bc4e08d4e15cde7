#pragma once

#include "ldap/endpoint.hpp"
#include "ldap/group_map.hpp"
#include "ldap/secret.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace tokend::plugin::ldap {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum class login_mode
{
    search,       // find the entry with the service account, then bind as the entry
    dn_template,  // make the DN from the name, bind, then read the entry with the service account
    upn           // bind as name@domain, then find the entry with the service account
};

enum class group_mode
{
    none,
    memberof,     // by the attribute memberOf of the user's entry
    search,       // by a search with a filter
    in_chain,     // Active Directory follows the nesting: 1.2.840.113556.1.4.1941
    token_groups  // Active Directory's own list, which has the primary group
};

enum class scope
{
    base,
    one,
    sub
};

struct server_settings
{
    std::vector<endpoint> endpoints;  // in the order in which they are tried
    std::string ca_file;              // empty: the system's
    std::string server_name;          // in certificates; empty: the host of the URI
    std::string bind_dn;              // of the service account; empty: searches are anonymous
    secret_bytes bind_password;

    milliseconds connect_timeout = seconds{3};  // of one server: name, TCP and TLS together
    milliseconds operation_timeout = seconds{4};
    milliseconds probe_interval = seconds{15};
    // Pause before a server that is down is tried again. It doubles up to retry_last, with jitter.
    milliseconds retry_first = milliseconds{500};
    milliseconds retry_last = seconds{30};
    milliseconds idle_timeout = seconds{60};  // of a connection for binds
    milliseconds max_age = std::chrono::minutes{15};
    seconds keepalive{60};                       // TCP: silence before the first of three probes, 3 s apart
    milliseconds user_timeout = seconds{10};     // TCP: sent data unacknowledged
    std::size_t max_answer_bytes = 1024 * 1024;  // all messages of one answer
    std::size_t bind_connections = 8;
    std::size_t max_searches = 64;  // in progress at once
    std::size_t max_waiting = 256;  // binds that wait for a connection, and as many searches that wait for their turn
};

struct user_settings
{
    login_mode mode = login_mode::search;
    std::string base;  // in mode dn_template the part of the template that all users share; may be empty
    ldap::scope scope = scope::sub;
    std::string filter;  // holds {username}; in mode dn_template it may be empty
    std::string dn_template;
    std::string upn_domain;
    std::string name_attribute = "uid";
    std::string id_attribute = "entryUUID";
};

struct group_settings
{
    group_mode mode = group_mode::memberof;
    std::string base;
    std::string filter;  // holds {dn} or {username}
    std::size_t depth = 0;
};

struct unit_settings
{
    group_map group_units;
    std::string attribute;           // its values are units
    std::vector<std::string> units;  // of users to whom neither of the above gives a unit
    std::string default_unit;        // of users who have this unit
    group_map group_names;
};

struct settings
{
    server_settings server;
    user_settings user;
    group_settings group;
    unit_settings unit;
};

}  // namespace tokend::plugin::ldap
