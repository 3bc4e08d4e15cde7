#pragma once

#include "base/lifetime.hpp"

#include <chrono>
#include <cstdint>

namespace tokend {

// The rules of when a token ends; pure. Times are whole seconds. `not_after` is the end of the credential itself, in Unix
// seconds, 0 for none: no token outlives it.

// A configured lifetime or max-lifetime may be up to this, 194 days: the table tells times of issue apart no further.
inline constexpr std::chrono::seconds max_token_lifetime{(1 << 24) - 1};

struct token_times
{
    std::chrono::sys_seconds issued_at{};
    std::chrono::sys_seconds expires_at{};
    bool operator==(token_times const&) const = default;
};

// The end of a token whose credential ends at `not_after`, which may have been learnt after the issue.
std::chrono::sys_seconds capped(std::chrono::sys_seconds end, std::int64_t not_after) noexcept;

// The end of a token issued now; not after `now` if the credential has ended.
std::chrono::sys_seconds first_end(lifetime_rules const& rules, std::int64_t not_after,
                                   std::chrono::sys_seconds now) noexcept;

// The end after a use now; never earlier than it is.
std::chrono::sys_seconds end_after_use(lifetime_rules const& rules, token_times times, std::int64_t not_after,
                                       std::chrono::sys_seconds now) noexcept;

// Does a use move the end by enough to be written: by more than 1/16 of the lifetime?
bool worth_writing(lifetime_rules const& rules, std::chrono::sys_seconds old_end,
                   std::chrono::sys_seconds new_end) noexcept;

}  // namespace tokend
