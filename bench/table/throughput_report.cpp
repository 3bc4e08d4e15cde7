#include "bench/table/names.hpp"
#include "bench/table/throughput.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace tokend::bench {
namespace {

// The rate of our operation divided by the best library's, for each repetition. Empty if the libraries have no such
// operation.
std::vector<double> by_best_library(results const& from, subject const& ours)
{
    auto theirs = ours;
    if (ours.operation == "insert prefetched")
        theirs.operation = "insert";  // the libraries cannot prefetch
    std::vector<double> best;
    for (auto const library : names::libraries)
    {
        theirs.contestant = library;
        auto const at = std::ranges::find(from.all(), theirs, &results::series::of);
        if (at == from.all().end())
            return {};
        best.resize(at->samples.size());
        std::ranges::transform(best, at->samples, best.begin(), [](double a, double b) { return std::max(a, b); });
    }
    auto ratios = from.samples(ours);
    std::ranges::transform(ratios, best, ratios.begin(), std::divides{});
    return ratios;
}

void print_rates(throughput_options const& options, results const& from)
{
    std::printf("%-18s %-11s %8s %8s %9s %8s   %s\n", "operation", "contestant", mops, "least", "greatest", "ns",
                "x best library (least, greatest)");
    std::string last;
    for (auto const& [of, samples] : from.all())
    {
        if (of.tokens != options.tokens || of.threads != options.threads || of.unit != mops)
            continue;
        auto const rate = range_of(samples);
        std::printf("%-18s %-11s %8.2f %8.2f %9.2f %8.1f", of.operation == last ? "" : of.operation.c_str(),
                    of.contestant.c_str(), rate.median, rate.least, rate.greatest, options.threads * 1e3 / rate.median);
        if (auto const ratios = by_best_library(from, of); names::is_ours(of.contestant) && !ratios.empty())
        {
            auto const x = range_of(ratios);
            std::printf("   %.2f (%.2f, %.2f)", x.median, x.least, x.greatest);
        }
        std::printf("\n");
        last = of.operation;
    }
}

void print_memory(throughput_options const& options, results const& from)
{
    std::printf("%-18s %-11s %8s %8s\n", "bytes per token", "contestant", "resident", "in huge pages");
    for (auto const& [of, samples] : from.all())
    {
        if (of.tokens != options.tokens || of.threads != options.threads || of.operation != "resident")
            continue;
        auto huge = of;
        huge.operation = "resident in huge pages";
        std::printf("%-18s %-11s %8.1f %11.0f %%\n", "", of.contestant.c_str(), samples[0],
                    100 * from.samples(huge)[0] / samples[0]);
    }
}

}  // namespace

void print_throughput(throughput_options const& options, results const& from)
{
    std::printf("\n%zu live tokens, %u thread%s\n", options.tokens, options.threads, options.threads == 1 ? "" : "s");
    print_rates(options, from);
    std::printf("The threads of %s, which never wait, had %.0f %% of their cores; the rest went to others.\n",
                names::slots, from.samples({options.tokens, options.threads, "cores obtained", names::slots, "%"})[0]);
    print_memory(options, from);
}

void judge_throughput(throughput_options const& options, results const& from, claims& told)
{
    using enum claims::relation;
    auto const of = [&](std::string const& operation, std::string const& contestant, std::string const& unit = mops) {
        return subject{options.tokens, options.threads, operation, contestant, unit};
    };
    auto const tell = [&](auto hold_or_aim, std::string operation, std::string const& contestant, double bound) {
        auto const ratio = range_of(by_best_library(from, of(operation, contestant))).median;
        std::ranges::replace(operation, ' ', '_');
        (told.*hold_or_aim)(contestant + "_" + operation + "_by_best_library", ratio, at_least, bound);
    };
    for (auto const* const operation : {"hit", "miss", "insert prefetched"})
    {
        tell(&claims::hold, operation, names::slots, 1.5);
        tell(&claims::aim, operation, names::slots, 2);
    }
    tell(&claims::hold, "insert prefetched", names::table, 0.8);
    tell(&claims::aim, "insert", names::table, 0.8);
    for (auto const* const operation : {"insert", "worn hit", "worn miss"})
        tell(&claims::aim, operation, names::slots, 1.5);

    auto steps = from.samples(of("hit dependent", names::chase));
    std::ranges::transform(steps, from.samples(of("hit dependent", names::slots)), steps.begin(), std::divides{});
    told.hold("dependent_hit_by_chase_step", range_of(steps).median, at_most, 1.1);

    auto const bytes = from.samples(of("counted", names::table, bytes_per_token))[0];
    told.hold("bytes_per_token", bytes, at_most, 64);
    told.aim("bytes_per_token", bytes, at_most, 48);
}

}  // namespace tokend::bench
