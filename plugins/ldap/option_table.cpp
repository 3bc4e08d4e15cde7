#include "ldap/configuration.hpp"

#include <array>

namespace tokend::plugin::ldap {
namespace {

constexpr std::array<tokend_option, 35> table{{
    {"uris", TOKEND_OPTION_LIST, 1, nullptr,
     "servers, tried in this order: ldaps://HOST[:636], or ldap://HOST[:389] for StartTLS"},
    {"start-tls", TOKEND_OPTION_BOOLEAN, 0, "yes",
     "encrypt ldap:// connections by StartTLS before anything else is said"},
    {"allow-plain-ldap", TOKEND_OPTION_BOOLEAN, 0, "no",
     "with start-tls = no: let passwords cross a network unencrypted (always allowed on loopback)"},
    {"tls-ca", TOKEND_OPTION_PATH, 0, nullptr,
     "PEM file of the authorities that servers' certificates are checked against; without it the system's"},
    {"tls-server-name", TOKEND_OPTION_TEXT, 0, nullptr,
     "name that certificates must bear, if other than the URI's host"},
    {"bind-dn", TOKEND_OPTION_TEXT, 0, nullptr,
     "the service's own account, for searches; without it they are anonymous"},
    {"bind-password", TOKEND_OPTION_SECRET, 0, nullptr, "password of bind-dn"},
    {"mode", TOKEND_OPTION_TEXT, 0, "search",
     "search: find the entry, then bind as it; template: bind as dn-template; upn: bind as USERNAME@upn-domain"},
    {"user-base", TOKEND_OPTION_TEXT, 0, nullptr, "where users are searched (modes search and upn)"},
    {"user-scope", TOKEND_OPTION_TEXT, 0, "sub", "how deep: sub or one"},
    {"user-filter", TOKEND_OPTION_TEXT, 0, nullptr,
     "finds exactly one entry for {username}; (&(objectClass=person)(uid={username})) if not set, in mode upn "
     "(userPrincipalName={username}), where {username} ends in @upn-domain; in mode template what the entry must match "
     "besides, nothing if not set"},
    {"dn-template", TOKEND_OPTION_TEXT, 0, nullptr,
     "a user's DN, such as uid={username},ou=people,dc=example,dc=com (mode template)"},
    {"upn-domain", TOKEND_OPTION_TEXT, 0, nullptr, "what follows the '@', such as corp.example.com (mode upn)"},
    {"username-attribute", TOKEND_OPTION_TEXT, 0, "uid",
     "the user's name as tokend gives it on; sAMAccountName in Active Directory"},
    {"id-attribute", TOKEND_OPTION_TEXT, 0, "entryUUID",
     "the user's id, that outlives a new name; objectGUID in Active Directory; the DN of entries without it"},
    {"group-mode", TOKEND_OPTION_TEXT, 0, "memberof",
     "memberof: the user's attribute memberOf; search: by group-filter; in-chain, token-groups: Active Directory "
     "follows the "
     "nesting; none"},
    {"group-base", TOKEND_OPTION_TEXT, 0, nullptr,
     "where groups are searched (all modes but memberof without group-depth), and below which a group's name counts in "
     "group-units and group-names"},
    {"group-filter", TOKEND_OPTION_TEXT, 0, "(member={dn})",
     "finds the groups of a user or group {dn}; {username} is the user's name"},
    {"group-depth", TOKEND_OPTION_INTEGER, 0, "0",
     "levels of groups in groups that are followed by group-filter, 0 to 8"},
    {"group-units", TOKEND_OPTION_TEXT, 0, nullptr,
     "units by groups: GROUP -> UNIT; GROUP -> UNIT, where GROUP is that group's DN, or its name (the value of its "
     "first part) below group-base"},
    {"unit-attribute", TOKEND_OPTION_TEXT, 0, nullptr, "an attribute of the user whose values are units"},
    {"units", TOKEND_OPTION_LIST, 0, nullptr, "units of users to whom neither gives one; without it they are refused"},
    {"default-unit", TOKEND_OPTION_TEXT, 0, nullptr, "the default unit of those users that have it"},
    {"group-names", TOKEND_OPTION_TEXT, 0, nullptr,
     "groups in tokend by groups: GROUP -> NAME; GROUP -> NAME, or * for all below group-base under their own names; "
     "without it none"},
    {"connect-timeout", TOKEND_OPTION_DURATION, 0, "3s", "to reach one server: its address, TCP and TLS together"},
    {"operation-timeout", TOKEND_OPTION_DURATION, 0, "4s",
     "for one search or bind; keep it below the backend's deadline"},
    {"bind-connections", TOKEND_OPTION_INTEGER, 0, "8",
     "connections for users' binds, each for one at a time, 1 to 256: wanted logins a second x seconds that a bind "
     "takes"},
    {"max-searches", TOKEND_OPTION_INTEGER, 0, "64",
     "searches in progress at once on the service's connection, 1 to 1024"},
    {"max-waiting", TOKEND_OPTION_INTEGER, 0, "256",
     "binds, and searches, that wait until one is free, 1 to 65536 of each; more are unavailable at once"},
    {"idle-timeout", TOKEND_OPTION_DURATION, 0, "60s",
     "after which an unused connection for binds is closed; keep it below that of servers and firewalls"},
    {"max-age", TOKEND_OPTION_DURATION, 0, "15m", "after which any connection is replaced"},
    {"probe-interval", TOKEND_OPTION_DURATION, 0, "15s", "how often to ask whether the service's connection is alive"},
    {"retry-first", TOKEND_OPTION_DURATION, 0, "500ms",
     "pause before a server that is down is tried again, with jitter; doubles each time while another server is up"},
    {"retry-last", TOKEND_OPTION_DURATION, 0, "30s", "the longest such pause"},
    {"max-answer", TOKEND_OPTION_SIZE, 0, "1m",
     "the largest answer taken from a server, all its entries together, 4k to 64m; a larger one ends the connection"},
}};

}  // namespace

std::span<tokend_option const> option_table() noexcept { return table; }

}  // namespace tokend::plugin::ldap
