#pragma once

#include "ldap/engine.hpp"
#include "ldap/settings.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend::plugin::ldap {

// One entry as the server sent it: values are octets.
struct entry
{
    std::string dn;
    std::vector<std::pair<std::string, std::vector<std::string>>> attributes;

    // The values of an attribute, its name in any case; none if it is not there.
    std::vector<std::string> const& values(std::string_view name) const;
    std::string value(std::string_view name) const;  // the first, or empty
};

struct search_request
{
    std::string base;
    ldap::scope scope = scope::sub;
    std::string filter;
    std::vector<std::string> attributes;
    std::size_t size_limit = 0;  // 0: the server's own
    std::size_t page = 0;        // entries of one answer, the rest in further ones (RFC 2696); 0: all in one
    std::string cookie{};        // of the answer before; empty: the first page
};

// What the password policy control of an answer says (draft-behera-ldap-password-policy).
struct policy_notice
{
    int error = PP_noError;  // enum of ldap.h
    int grace_logins = -1;   // that are left; -1: not said
};

// A result, and what came before it.
struct answer
{
    int code = LDAP_SUCCESS;
    std::string diagnostic;  // the server's own words
    policy_notice policy;
    bool must_change = false;  // the older control of the same meaning
    std::vector<entry> entries;
    std::string cookie;  // asks for the next page; empty: this was the last

    std::string text() const;  // "49 (Invalid credentials): the server's own words"
};

entry read_entry(LDAP* ld, LDAPMessage* m);

// Fills all but the entries. Throws connection_lost if it cannot be understood.
void read_result(LDAP* ld, LDAPMessage* m, answer& to);

}  // namespace tokend::plugin::ldap
