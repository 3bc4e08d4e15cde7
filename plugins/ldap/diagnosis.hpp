#pragma once

#include "ldap/message.hpp"

#include "tokend/plugin.h"

#include <cstdint>
#include <string>

// What a server's answers mean for a login. Pure functions.
namespace tokend::plugin::ldap {

struct [[nodiscard]] diagnosis
{
    tokend_verdict verdict = TOKEND_UNAVAILABLE;
    std::string reason;  // the exact one, for log and audit alone
};

// Judges the answer to a user's bind. Success is not ACCEPT if a control requires that the password be changed first.
diagnosis judge_bind(answer const& a);

// Judges the account by the user's entry: ACCEPT, LOCKED for good, DISABLED or EXPIRED. Reads Active Directory's
// userAccountControl and accountExpires, 389 Directory Server's nsAccountLock, and OpenLDAP's pwdAccountLockedTime. A
// temporary lock does not count here, only in the bind: else an attacker could end a user's tokens with wrong
// passwords.
diagnosis judge_entry(entry const& user, std::int64_t unix_now);

// The attributes that judge_entry() reads.
std::vector<std::string> const& account_attributes();

// Returns accountExpires as Unix seconds; 0 if the account never expires.
std::int64_t account_end(entry const& user);

}  // namespace tokend::plugin::ldap
