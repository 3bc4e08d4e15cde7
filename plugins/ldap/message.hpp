#pragma once

#include "ldap/engine.hpp"
#include "ldap/settings.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend::plugin::ldap {

// One entry as the server sent it. Values are octets.
struct entry
{
    std::string dn;
    std::vector<std::pair<std::string, std::vector<std::string>>> attributes;

    // The values of an attribute. The name's case does not matter. Empty if the entry does not have it.
    std::vector<std::string> const& values(std::string_view name) const;
    std::string value(std::string_view name) const;  // the first value, or empty
};

struct search_request
{
    std::string base;
    ldap::scope scope = scope::sub;
    std::string filter;
    std::vector<std::string> attributes;
    std::size_t size_limit = 0;  // 0: the server's own
    std::size_t page = 0;        // entries in one answer (RFC 2696); 0: all in one
    std::string cookie{};        // of the previous answer; empty for the first page
};

// The password policy control of an answer (draft-behera-ldap-password-policy).
struct policy_notice
{
    int error = PP_noError;  // enum of ldap.h
    int grace_logins = -1;   // that are left; -1: not given
};

// The result of a request, and the entries that came before it.
struct answer
{
    int code = LDAP_SUCCESS;
    std::string diagnostic;  // the server's own words
    policy_notice policy;
    bool must_change = false;  // an older control that means the same
    std::vector<entry> entries;
    std::string cookie;  // for the next page; empty if this is the last

    std::string text() const;  // "49 (Invalid credentials): the server's own words"
};

entry read_entry(LDAP* ld, LDAPMessage* m);

// Fills all of `to` but the entries. Throws connection_lost if the message is malformed.
void read_result(LDAP* ld, LDAPMessage* m, answer& to);

}  // namespace tokend::plugin::ldap
