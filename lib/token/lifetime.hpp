#pragma once

#include "base/lifetime.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace tokend {

// The rules by which tokens end, as pure functions. Times are whole seconds. `not_after` is the end of the credential
// itself, in Unix seconds, or 0; no token outlives it.

// The longest lifetime or max-lifetime that can be configured: 194 days, because the table can represent no longer one.
inline constexpr std::chrono::seconds max_token_lifetime{(1 << 24) - 1};

struct token_times
{
    std::chrono::sys_seconds issued_at{};
    std::chrono::sys_seconds expires_at{};
    bool operator==(token_times const&) const = default;
};

// The end of a token whose credential ends at `not_after`. That may have become known after the issue.
std::chrono::sys_seconds capped(std::chrono::sys_seconds end, std::int64_t not_after) noexcept;

// The end of a token that is issued now. It is not after `now` if the credential has ended.
std::chrono::sys_seconds first_end(lifetime_rules const& rules, std::int64_t not_after,
                                   std::chrono::sys_seconds now) noexcept;

// The end of a token after a use now. It is never earlier than the end before the use.
std::chrono::sys_seconds end_after_use(lifetime_rules const& rules, token_times times, std::int64_t not_after,
                                       std::chrono::sys_seconds now) noexcept;

// The time before which the last use of a token must have been, judged by the end that is written; no use is written
// that is less than 1/16 of the lifetime after the one before. No time if the end says nothing: the lifetime is fixed,
// or uses do not move the end any further.
std::optional<std::chrono::sys_seconds> last_possible_use(lifetime_rules const& rules, token_times times,
                                                          std::int64_t not_after) noexcept;

// Returns true if a use moves the end far enough to be written: by more than 1/16 of the lifetime.
bool worth_writing(lifetime_rules const& rules, std::chrono::sys_seconds old_end,
                   std::chrono::sys_seconds new_end) noexcept;

}  // namespace tokend
