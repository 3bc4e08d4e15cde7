#pragma once

#include "table/history/token_check.hpp"

#include <span>
#include <string_view>

namespace tokend::testing {

struct capacity_verdict
{
    std::string_view wrong;         // empty: nothing found
    operation const* at = nullptr;  // the refusal at fault, if it is one
    std::size_t strictly = 0;       // refusals that no sweep overlapped
};

// Does the history keep the capacity, and was "full" answered only when it was? `lives` are those of its tokens.
// Necessary conditions, as nobody sees whom a sweep takes:
//
// - At no moment more tokens than the capacity certainly live: from the end of their insert until they can have ended.
// - A refused insert needs a moment of its interval at which as many tokens as the capacity may hold a credit. A token
//   may from the begin of its insert on; if it was erased, until that erase returned; else until all calls have
//   returned that began before the end of a lap that had to meet it: a sweep that began after its insert had ended,
//   with a `now` not before its last expiry.
// - If no sweep overlaps the refused insert, this was itself such a lap. Then tokens count only if their last expiry is
//   after its `now`, and one more for each insert or failed erase that overlaps, which may just be ending one, and
//   another for each such insert, which may have come with an older `now` and a token that had expired.
//
// REQUIRES: room for all principals, so that "full" means tokens.
capacity_verdict check_capacity(std::span<operation const> calls, std::span<token_life const> lives,
                                std::size_t capacity);

}  // namespace tokend::testing
