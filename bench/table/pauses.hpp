#pragma once

#include "bench/table/results.hpp"

#include <cstddef>

namespace tokend::bench {

// Times single finds of lasting tokens while `tokens` other tokens, which have expired, are swept: by the sweeper on
// the other core, by the sweeper on the same core, and by its slices without a pause between them. Prints the results.
void measure_pauses(std::size_t tokens, results& into, claims& told);

}  // namespace tokend::bench
