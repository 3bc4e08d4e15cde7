#pragma once

#include "ldap/message.hpp"

#include "tokend/plugin.h"

#include <cstdint>
#include <string>

// Pure: what a server's words mean for a login.
namespace tokend::plugin::ldap {

struct diagnosis
{
    tokend_verdict verdict = TOKEND_UNAVAILABLE;
    std::string reason;  // exact, for log and audit alone
};

// The answer to a user's bind. A result of success is no ACCEPT if a control says that the password must be changed
// first.
diagnosis judge_bind(answer const& a);

// What the user's entry says about the account: ACCEPT, LOCKED for good, DISABLED or EXPIRED, by Active Directory's
// userAccountControl and accountExpires, 389 Directory Server's nsAccountLock, OpenLDAP's pwdAccountLockedTime. A lock
// that ends by itself is left to the server's bind: here it would end the tokens of whoever is being attacked.
diagnosis judge_entry(entry const& user, std::int64_t unix_now);

// The attributes that judge_entry() reads.
std::vector<std::string> const& account_attributes();

// accountExpires as Unix seconds, 0: never.
std::int64_t account_end(entry const& user);

}  // namespace tokend::plugin::ldap
