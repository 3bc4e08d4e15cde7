#pragma once

#include "bench/table/results.hpp"

#include <cstdint>

namespace tokend::bench {

// Fills a table for 10^6 tokens to 99 %, then replaces random tokens: `replacements` inserts and as many erases, by two
// threads. Prints the rates, and claims that no insert was refused and no token lost.
void soak(std::uint64_t replacements, claims& told);

}  // namespace tokend::bench
