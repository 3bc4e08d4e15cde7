#pragma once

#include "table/history/operation.hpp"

#include <map>
#include <span>
#include <string_view>

namespace tokend::testing {

// When tokens can have been taken away because they had expired: at the begin of the first insert or sweep that knew.
class removals
{
public:
    explicit removals(std::span<operation const> calls);
    moment since(std::uint32_t expires) const;  // never: there was none

private:
    std::map<std::uint32_t, moment> since_;  // by `now`; of the first call with that or a later one
};

// What all explanations of a token's history have in common.
struct token_life
{
    operation const* insert = nullptr;  // null: it was never in the table
    operation const* erase = nullptr;   // that returned true
    moment earliest_end = never;        // it cannot have ended before
    std::uint32_t expires = 0;          // at last
};

struct token_verdict
{
    std::string_view wrong;  // empty: the history is linearizable
    token_life life;
};

// Is there an order of these calls, all of one token and none of them out of its interval, in which a table that does
// one call after the other gives the same results? Linearizability is local (Herlihy and Wing, 1990): a history is
// linearizable if that of each object is, and here the objects are the tokens. The calls may come in any order.
//
// The table in question: an insert makes the token LIVE until `expires`; a touch moves that later, never back; a hit is
// the LIVE token with its principal, its issue and its expiry of the moment, which is after the find's `now`; a find or
// touch fails when the token is not LIVE or its expiry is not after `now`; an erase returns true when it ends a LIVE
// token before its expiry, and in any case the token is not LIVE afterwards. A LIVE token also ends, unseen, at any
// moment not before `removed` allows it for the expiry of that moment: nobody sees whom a sweep takes. A refused insert
// did nothing.
//
// REQUIRES: touches ask for an end after their `now`.
token_verdict check_token(std::span<operation const> calls, removals const& removed);

}  // namespace tokend::testing
