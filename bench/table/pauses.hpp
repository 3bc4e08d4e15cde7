#pragma once

#include "bench/table/results.hpp"

#include <cstddef>

namespace tokend::bench {

// Times single finds of tokens that last, while `tokens` others have expired and are swept: by the sweeper on the other
// core, by the sweeper on the same core, and by its slices without a pause between them. Prints what it finds.
void measure_pauses(std::size_t tokens, results& into, claims& told);

}  // namespace tokend::bench
