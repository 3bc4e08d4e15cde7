#pragma once

#include "base/counts.hpp"

#include <array>
#include <cstddef>

namespace tokend {

// Why a token has ended, unless it has expired.
enum class token_end : unsigned char
{
    released,  // by who holds it, or by its owner
    revoked,   // by an operator, or because the user may no longer log in
    evicted,   // for a newer one of a user with max-sessions
    switched   // for one of another unit
};

// How many tokens were issued and have ended since the start. On cache lines of their own, so that a login slows no
// validation on another core. Thread-safe.
struct alignas(64) token_counts
{
    shared_count issued;
    std::array<shared_count, 4> ended;  // by token_end

    shared_count& of(token_end why) noexcept { return ended[static_cast<std::size_t>(why)]; }
    shared_count const& of(token_end why) const noexcept { return ended[static_cast<std::size_t>(why)]; }
};

}  // namespace tokend
