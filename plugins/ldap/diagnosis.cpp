#include "ldap/diagnosis.hpp"

#include "ldap/dn.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

namespace tokend::plugin::ldap {
namespace {

struct meaning
{
    std::string_view code;
    tokend_verdict verdict;
    std::string_view text;
};

// Active Directory's sub-codes of result 49, in hexadecimal as the server writes them.
constexpr std::array<meaning, 9> sub_codes{{
    {"525", TOKEND_NO_SUCH_USER, "no such user"},
    {"52e", TOKEND_BAD_SECRET, "wrong password"},
    {"530", TOKEND_DISABLED, "not allowed at this time"},
    {"531", TOKEND_DISABLED, "not allowed from this workstation"},
    {"532", TOKEND_EXPIRED, "the password is expired"},
    {"533", TOKEND_DISABLED, "the account is disabled"},
    {"701", TOKEND_EXPIRED, "the account is expired"},
    {"773", TOKEND_EXPIRED, "the password must be changed"},
    {"775", TOKEND_LOCKED, "the account is locked"},
}};

// Example: "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1"
std::string_view sub_code(std::string_view diagnostic)
{
    constexpr std::string_view mark = ", data ";
    auto const at = diagnostic.find(mark);
    if (at == diagnostic.npos)
        return {};
    auto const code = diagnostic.substr(at + mark.size());
    return code.substr(0, code.find_first_not_of("0123456789abcdefABCDEF"));
}

diagnosis of_invalid_credentials(answer const& a)
{
    if (a.policy.error == PP_accountLocked)
        return {TOKEND_LOCKED, "the account is locked (password policy)"};
    if (a.policy.error == PP_passwordExpired)
        return {TOKEND_EXPIRED, "the password is expired (password policy)"};
    auto const code = lower(std::string{sub_code(a.diagnostic)});
    for (auto const& known : sub_codes)
        if (known.code == code)
            return {known.verdict, std::string{known.text} + " (data " + code + ")"};
    return {TOKEND_BAD_SECRET,
            code.empty() ? "wrong password" : "refused for a reason unknown here (data " + code + ")"};
}

diagnosis of_success(answer const& a)
{
    if (a.policy.error == PP_changeAfterReset || a.must_change)
        return {TOKEND_EXPIRED, "the password must be changed"};
    if (a.policy.error == PP_passwordExpired && a.policy.grace_logins < 0)
        return {TOKEND_EXPIRED, "the password is expired (password policy)"};
    if (a.policy.grace_logins >= 0)
        return {TOKEND_ACCEPT, "the password is expired; grace logins left: " + std::to_string(a.policy.grace_logins)};
    return {TOKEND_ACCEPT, ""};
}

std::int64_t number(std::string const& text)
{
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

diagnosis judge_bind(answer const& a)
{
    switch (a.code)
    {
    case LDAP_SUCCESS:
        return of_success(a);
    case LDAP_INVALID_CREDENTIALS:
        return of_invalid_credentials(a);
    case LDAP_INAPPROPRIATE_AUTH:
        return {TOKEND_BAD_SECRET, "the entry has no password"};
    case LDAP_NO_SUCH_OBJECT:
    case LDAP_INVALID_DN_SYNTAX:
        return {TOKEND_NO_SUCH_USER, "no such entry: " + a.text()};
    case LDAP_CONSTRAINT_VIOLATION:  // 389 Directory Server: too many attempts
        return {TOKEND_LOCKED, "refused: " + a.text()};
    case LDAP_UNWILLING_TO_PERFORM:  // 389 Directory Server: inactivated
        return {TOKEND_DISABLED, "refused: " + a.text()};
    default:
        return {TOKEND_UNAVAILABLE, "the server answered the bind with " + a.text()};
    }
}

std::vector<std::string> const& account_attributes()
{
    static std::vector<std::string> const names{"userAccountControl", "accountExpires", "nsAccountLock",
                                                "pwdAccountLockedTime"};
    return names;
}

std::int64_t account_end(entry const& user)
{
    // The attribute counts units of 100 ns since 1601; 0 and the greatest number mean never.
    constexpr std::int64_t epoch = 11'644'473'600;
    auto const ticks = number(user.value("accountExpires"));
    return ticks <= 0 || ticks == 0x7fffffffffffffff ? 0 : std::max<std::int64_t>(1, ticks / 10'000'000 - epoch);
}

diagnosis judge_entry(entry const& user, std::int64_t unix_now)
{
    constexpr std::int64_t account_disable = 2;
    if ((number(user.value("userAccountControl")) & account_disable) != 0)
        return {TOKEND_DISABLED, "the account is disabled (userAccountControl)"};
    if (lower(user.value("nsAccountLock")) == "true")
        return {TOKEND_DISABLED, "the account is disabled (nsAccountLock)"};
    if (user.value("pwdAccountLockedTime") == "000001010000Z")
        return {TOKEND_LOCKED, "the account is locked for good (pwdAccountLockedTime)"};
    if (auto const end = account_end(user); end != 0 && end <= unix_now)
        return {TOKEND_EXPIRED, "the account is expired (accountExpires)"};
    return {TOKEND_ACCEPT, ""};
}

}  // namespace tokend::plugin::ldap
