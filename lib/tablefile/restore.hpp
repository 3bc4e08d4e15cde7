#pragma once

#include "base/token_limits.hpp"
#include "journal/contents.hpp"
#include "table/table.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace tokend {

// The owner of a principal in a file.
struct restored_owner
{
    restored_owner(std::string i, token_share* s = nullptr) : identity{std::move(i)}, share{s} {}

    std::string identity;  // as table::prepare() takes it
    token_share* share;    // that counts its tokens; null: nobody counts them
};

// Returns the owner of a principal, or nothing if the bytes are not a principal.
using identify = std::function<std::optional<restored_owner>(std::span<char const> principal)>;

// The tokens of a tokens file, as they were restored.
struct restored_tokens
{
    std::size_t live = 0;        // restored
    std::size_t expired = 0;     // not restored
    std::size_t damaged = 0;     // unreadable units, and tokens whose principal is unreadable
    std::size_t unfinished = 0;  // units that were being written when the process was killed, and never acknowledged
    std::size_t postdated = 0;   // live tokens that were issued after `now`; their lives begin now
};

// Restores all live tokens of a file, on two threads; table::link_imported() does the rest. After a power cut they may
// be more than the capacity, because releases are missing; then no token is issued until enough of them have ended.
// Throws std::runtime_error if there are more than `most`, or not enough room. REQUIRES: the table was not used before.
restored_tokens restore(table& into, journal_contents const& from, identify const& owner_of,
                        std::chrono::sys_seconds now, std::size_t most);

}  // namespace tokend
