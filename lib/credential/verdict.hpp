#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// What a backend said; see "How the backends of an organisation are asked" in README.md.
enum class outcome
{
    accept,
    bad_secret,
    no_such_user,
    not_mine,
    locked,
    disabled,
    expired,
    unavailable,  // could not be checked: an outage, never a denial
    overloaded    // the host's own bound of blocking work is reached; the plugin was not asked
};

std::string_view name_of(outcome o) noexcept;  // in words, for log and audit

// Whom a backend accepted.
struct identity
{
    std::string username;
    std::string subject_id;
    std::vector<std::string> units;
    std::string default_unit;
    std::vector<std::string> groups;
    std::int64_t not_after = 0;  // Unix seconds; 0: none
    bool api_key = false;
};

struct verdict
{
    tokend::outcome outcome = outcome::unavailable;
    std::string reason;  // for log and audit
    identity who;        // on accept
};

// Whether a verdict on somebody who was accepted before says that it may not log in any more. An outage does not, nor does what
// makes no sense without a secret.
[[nodiscard]] bool is_gone(verdict const& v) noexcept;

}  // namespace tokend
