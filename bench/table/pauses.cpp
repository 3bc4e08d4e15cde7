#include "bench/table/pauses.hpp"

#include "bench/table/scene.hpp"
#include "table/sweeper.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <thread>

namespace tokend::bench {
namespace {

using std::chrono::milliseconds;

constexpr unsigned finding_core = 0;
constexpr unsigned other_core = 1;

// Runs the sweeper's slices one after the other, and times each.
class eager_sweeper
{
public:
    eager_sweeper(scene& on, std::size_t& position, latencies& slices)
        : thread_{[&](std::stop_token stop) {
              while (!stop.stop_requested() && on.left() > 0)
              {
                  auto const began = steady::now();
                  do
                      on.kept().sweep_slice(position, whole_table::slots_per_slice, now);
                  while (position != 0 && steady::now() < began + sweeper_options{}.budget);
                  slices.add(steady::now() - began);
              }
          }}
    {}

private:
    std::jthread thread_;
};

void print(std::string const& sweep, std::size_t tokens, results const& from)
{
    std::printf("%-36s", sweep.c_str());
    for (auto const* const what : {"find p99", "find p99.9", "find longest"})
        for (auto const* const when : {"beside ", "without "})
        {
            auto const r = range_of(from.samples({tokens, 1, what, when + sweep, "ns"}));
            auto const longest = std::string{what} == "find longest";
            std::printf(longest ? " %10.0f" : " %7.0f", longest ? r.greatest / 1e3 : r.median);
        }
}

// Times finds in windows, in turn without and with the sweep, until everything is swept. The object that `start`
// returns sweeps while it lives. Returns p99 with the sweep divided by p99 without.
template <class Start>
range measure(std::string const& sweep, scene& on, std::size_t tokens, milliseconds window, results& into,
              Start const& start)
{
    progress("pauses of find, " + sweep + ": filling the table");
    on.fill();
    auto const note = [&](std::string const& when, latencies const& times) {
        into.add({tokens, 1, "find p99", when + sweep, "ns"}, times.quantile(0.99));
        into.add({tokens, 1, "find p99.9", when + sweep, "ns"}, times.quantile(0.999));
        into.add({tokens, 1, "find longest", when + sweep, "ns"}, times.longest());
    };
    std::vector<double> ratios;
    while (on.left() > 0)
    {
        progress("pauses of find, " + sweep + ": " + std::to_string(on.left()) + " left to sweep");
        auto const without = on.time_finds(window);
        latencies beside;
        {
            auto const sweeping = start();
            beside = on.time_finds(window);
        }
        if (on.left() == 0 && !ratios.empty())
            break;  // part of this window was without a sweep
        note("without ", without);
        note("beside ", beside);
        ratios.push_back(beside.quantile(0.99) / without.quantile(0.99));
    }
    end_progress();
    auto const ratio = range_of(ratios);
    print(sweep, tokens, into);
    std::printf("   %.2f (%.2f, %.2f)\n", ratio.median, ratio.least, ratio.greatest);
    return ratio;
}

double cost_of_clock()
{
    constexpr int looks = 1'000'000;
    auto const began = steady::now();
    auto last = began;
    for (int i = 0; i < looks; ++i)
        last = steady::now();
    return std::chrono::duration<double, std::nano>(last - began).count() / looks;
}

}  // namespace

void measure_pauses(std::size_t tokens, results& into, claims& told)
{
    clock const time;
    scene on{tokens};
    auto const sweeper_on = [&](unsigned core) {
        return [&, core] {
            pin(core);  // the sweeper's thread inherits the core
            return std::make_unique<sweeper>(on.kept(), time);
        };
    };
    std::size_t position = 0;
    latencies slices;
    auto const eager = [&] {
        pin(other_core);
        return std::make_unique<eager_sweeper>(on, position, slices);
    };

    std::printf("\nsingle finds on one core, beside the sweep of %zu expired tokens; %.0f ns of each are the clock's\n",
                tokens, cost_of_clock());
    std::printf("%-36s %15s %15s %21s   p99 by p99 without\n%-36s %7s %7s %7s %7s %10s %10s   (least, greatest)\n",
                "sweep", "p99, ns", "p99.9, ns", "longest, us", "", "beside", "without", "beside", "without", "beside",
                "without");
    auto const window = milliseconds{tokens / 5000};  // 2 s at 10^7
    auto const ratio = measure("sweeper on the other core", on, tokens, window, into, sweeper_on(other_core));
    measure("sweeper on the same core", on, tokens, window, into, sweeper_on(finding_core));
    measure("slices without pause on the other", on, tokens, window / 10, into, eager);
    std::printf("%zu slices: median %.3f ms, p99 %.3f ms, longest %.3f ms; the budget is %.3f ms\n",
                static_cast<std::size_t>(slices.total()), slices.quantile(0.5) / 1e6, slices.quantile(0.99) / 1e6,
                slices.longest() / 1e6, std::chrono::duration<double, std::milli>(sweeper_options{}.budget).count());
    told.hold("find_p99_beside_sweep_by_without", ratio.median, claims::relation::at_most, 1.2);
}

}  // namespace tokend::bench
