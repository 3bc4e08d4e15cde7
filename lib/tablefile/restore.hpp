#pragma once

#include "journal/contents.hpp"
#include "table/table.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace tokend {

// Whose a principal is, as token_owner's identity; nothing: the bytes are no principal.
using identify = std::function<std::optional<std::string>(std::span<char const> principal)>;

// What was found in a tokens file.
struct restored_tokens
{
    std::size_t live = 0;        // and kept
    std::size_t expired = 0;     // and left there
    std::size_t damaged = 0;     // unreadable parts of it, and tokens whose principal is one
    std::size_t unfinished = 0;  // parts that were being written when the process was killed, and never acknowledged
    std::size_t postdated = 0;   // of the live ones, those issued after `now`: their lives begin now
};

// Takes in all live tokens of a file, with two threads; table::link_imported() makes the rest of it. After a power cut they may be
// more than the capacity, because releases are missing: then no token is issued until enough of them have ended; but never more
// than `most`. Throws std::runtime_error if there is not enough room. REQUIRES: the table was not used before.
restored_tokens restore(table& into, journal_contents const& from, identify const& identity_of,
                        std::chrono::sys_seconds now, std::size_t most);

}  // namespace tokend
