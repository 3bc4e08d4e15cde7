#pragma once

#include "bench/table/results.hpp"

#include <chrono>
#include <cstddef>

namespace tokend::bench {

struct throughput_options
{
    std::size_t tokens = 0;  // live tokens at once
    unsigned threads = 1;
    int repetitions = 5;
    std::chrono::milliseconds span{200};  // the duration of each measurement that does not end by itself
};

// Units of measurements.
inline constexpr auto mops = "Mop/s";  // million operations a second, of all threads
inline constexpr auto bytes_per_token = "B/token";

// Measures all contestants side by side: each repetition runs every operation with one contestant after the other.
void measure_throughput(throughput_options const& options, results& into);

// Prints the medians with the least and the greatest value, and ours in proportion to the best library of the same
// repetition.
void print_throughput(throughput_options const& options, results const& from);

// Adds the claims that follow from these figures.
void judge_throughput(throughput_options const& options, results const& from, claims& told);

}  // namespace tokend::bench
