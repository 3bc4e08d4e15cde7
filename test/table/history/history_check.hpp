#pragma once

#include "table/history/operation.hpp"
#include "table/history/tally.hpp"

#include <iosfwd>
#include <string_view>
#include <vector>

namespace tokend::testing {

struct history_verdict
{
    std::string_view wrong;           // empty: linearizable, and within the capacity
    std::vector<operation> evidence;  // the calls of the token at fault, or the refusal
    tally counted;
};
std::ostream& operator<<(std::ostream& out, history_verdict const& verdict);

// REQUIRES: tokens numbered from 0 on without large gaps; nothing was in the table before.
history_verdict check_history(std::span<operation const> calls, std::size_t capacity);

}  // namespace tokend::testing
