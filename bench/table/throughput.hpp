#pragma once

#include "bench/table/results.hpp"

#include <chrono>
#include <cstddef>

namespace tokend::bench {

struct throughput_options
{
    std::size_t tokens = 0;  // live at once
    unsigned threads = 1;
    int repetitions = 5;
    std::chrono::milliseconds span{200};  // of each measurement that has no end of its own
};

// Units of what is measured.
inline constexpr auto mops = "Mop/s";  // million operations a second, of all threads
inline constexpr auto bytes_per_token = "B/token";

// Measures all contestants side by side: in each repetition every operation by one after the other.
void measure_throughput(throughput_options const& options, results& into);

// The medians, beside least and greatest; of ours also in proportion to the best library of the same repetition.
void print_throughput(throughput_options const& options, results const& from);

// Makes the claims that rest on these figures.
void judge_throughput(throughput_options const& options, results const& from, claims& told);

}  // namespace tokend::bench
