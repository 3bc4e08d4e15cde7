#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend {

// The kinds of a backend's verdict; see "How the backends of an organisation are asked" in README.md.
enum class outcome
{
    accept,
    bad_secret,
    no_such_user,
    not_mine,
    locked,
    disabled,
    expired,
    unavailable,  // the credentials could not be checked: an outage, never a denial
    overloaded    // a bound of the host is reached, and the plugin was not asked
};

std::string_view name_of(outcome o) noexcept;  // in words, for log and audit

// The user whom a backend accepted. A copy of what the plugin answered, so that this layer needs no plugin.hpp.
struct identity
{
    std::string username;
    std::string subject_id;
    std::vector<std::string> units;
    std::string default_unit;
    std::vector<std::string> groups;
    std::int64_t not_after = 0;  // end of the credential, Unix seconds; 0: never
    bool api_key = false;
};

struct verdict
{
    tokend::outcome outcome = outcome::unavailable;
    std::string reason;                // for log and audit
    identity who;                      // on accept
    std::vector<std::string> steps{};  // of a plugin that explains
    // The processor time of checking the secret, where that was on a thread of the blocking pool.
    std::chrono::nanoseconds effort{};
};

inline verdict make_verdict(tokend::outcome o, std::string reason)
{
    verdict v;
    v.outcome = o;
    v.reason = std::move(reason);
    return v;
}

// Returns true for the verdicts that make a login a 401.
[[nodiscard]] bool is_refusal(outcome o) noexcept;

// Returns true if a user who was accepted before may no longer log in. Returns false for an outage, and for verdicts
// that make no sense in a check without a secret.
[[nodiscard]] bool is_gone(verdict const& v) noexcept;

}  // namespace tokend
