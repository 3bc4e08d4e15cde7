#include "bench/table/throughput.hpp"

#include "bench/table/chase.hpp"
#include "bench/table/cuckoo_map.hpp"
#include "bench/table/ours.hpp"
#include "bench/table/sharded_map.hpp"
#include "bench/table/tbb_map.hpp"
#include "bench/table/trial.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tokend::bench {
namespace {

struct step
{
    subject what;
    std::function<double()> measure;
};

// The operations of a trial that a plan can name.
constexpr auto insert = [](auto& by) { return by.insert(); };
constexpr auto insert_prefetched = [](auto& by) { return by.insert_prefetched(); };
constexpr auto erase = [](auto& by) { return by.erase(); };
constexpr auto sweep = [](auto& by) { return by.sweep(); };
constexpr auto replace = [](auto& by) { return by.replace(); };
constexpr auto hit = [](auto& by) { return by.hit(); };
constexpr auto hit_prefetched = [](auto& by) { return by.hit_prefetched(); };
constexpr auto dependent = [](auto& by) { return by.dependent(); };
constexpr auto miss = [](auto& by) { return by.miss(); };
constexpr auto mix = [](auto& by) { return by.mix(); };

class plan
{
public:
    explicit plan(throughput_options const& options) : options_{options} {}

    // Runs the operation with one contestant after the other.
    template <class Measure, class... Trials>
    void add(std::string const& operation, Measure measure, Trials&... by)
    {
        auto const name = [&](auto const& one) {
            return subject{options_.tokens, options_.threads, operation, one.name, mops};
        };
        (steps_.push_back({name(by), [&by, measure] { return measure(by); }}), ...);
    }

    void run(int repetitions, results& into) const
    {
        for (int repetition = 1; repetition <= repetitions; ++repetition)
            for (auto const& [what, measure] : steps_)
            {
                tell(repetition, repetitions, what);
                into.add(what, measure());
            }
    }

private:
    static void tell(int repetition, int repetitions, subject const& what)
    {
        progress(std::to_string(what.tokens) + " tokens, " + std::to_string(what.threads) + " threads, " +
                 std::to_string(repetition) + " of " + std::to_string(repetitions) + ": " + what.operation + ", " +
                 what.contestant);
    }

    throughput_options const options_;
    std::vector<step> steps_;
};

template <class Trial>
void note_memory(throughput_options const& options, Trial const& of, results& into)
{
    auto const note = [&](std::string const& what, std::size_t bytes) {
        into.add({options.tokens, options.threads, what, of.name, bytes_per_token},
                 static_cast<double>(bytes) / static_cast<double>(options.tokens));
    };
    note("resident", of.memory().anonymous);
    note("resident in huge pages", of.memory().huge);
    if (of.counted() != 0)
        note("counted", of.counted());
}

}  // namespace

void measure_throughput(throughput_options const& options, results& into)
{
    progress("filling the tables once, " + std::to_string(options.tokens) + " tokens");
    auto const& [tokens, threads, repetitions, span] = options;
    trial<bare_slots> slots{tokens, threads, span};
    trial<tbb_map> tbb{tokens, threads, span};
    trial<cuckoo_map> cuckoo{tokens, threads, span};
    trial<sharded_map> sharded{tokens, threads, span};
    trial<whole_table> table{tokens, threads, span};
    chase lines{tokens, threads, span};
    auto const memory = [&](auto const&... each) { (note_memory(options, each, into), ...); };
    memory(slots, tbb, cuckoo, sharded, table);

    plan fresh{options};
    fresh.add("erase", erase, slots, tbb, cuckoo, sharded, table);
    fresh.add("insert", insert, slots, tbb, cuckoo, sharded, table);
    fresh.add("sweep", sweep, slots, table);
    fresh.add("insert prefetched", insert_prefetched, slots, table);
    fresh.add("hit", hit, slots, tbb, cuckoo, sharded, table);
    fresh.add("hit 16 prefetched", hit_prefetched, slots, table);
    fresh.add("hit dependent", dependent, slots, lines, tbb, cuckoo, sharded);
    fresh.add("miss", miss, slots, tbb, cuckoo, sharded, table);
    fresh.add("mix 95/5", mix, slots, tbb, cuckoo, sharded, table);
    fresh.run(repetitions, into);

    plan wear{options};
    wear.add("replace", replace, slots, tbb, cuckoo, sharded, table);
    wear.run(1, into);

    plan worn{options};
    worn.add("worn hit", hit, slots, tbb, cuckoo, sharded, table);
    worn.add("worn miss", miss, slots, tbb, cuckoo, sharded, table);
    worn.run(repetitions, into);
    into.add({tokens, threads, "cores obtained", slots.name, "%"}, slots.percent_of_cores());
}

}  // namespace tokend::bench
