// bench_table [--quick | --claims] [--soak] [--csv FILE]: see bench/run and bench/README.md.
#include "bench/table/pauses.hpp"
#include "bench/table/soak.hpp"
#include "bench/table/throughput.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace tokend::bench;

struct arguments
{
    bool quick = false;
    bool claims = false;  // measure only what the claims need
    bool soak = false;
    std::string csv;
};

arguments read(int count, char** words)
{
    arguments given;
    for (int i = 1; i < count; ++i)
        if (std::string_view const word = words[i]; word == "--quick")
            given.quick = true;
        else if (word == "--claims")
            given.claims = true;
        else if (word == "--soak")
            given.soak = true;
        else if (word == "--csv" && i + 1 < count)
            given.csv = words[++i];
        else
        {
            std::fprintf(stderr, "usage: %s [--quick | --claims] [--soak] [--csv FILE]\n", words[0]);
            std::exit(64);
        }
    return given;
}

// The claims concern the most tokens and the most threads, so these come last.
std::vector<throughput_options> plan(arguments const& given)
{
    using std::chrono::milliseconds;
    std::size_t const million = 1'000'000;
    if (given.claims)
        return {{.tokens = 10 * million, .threads = 2}};
    if (given.quick)
        return {{.tokens = million, .threads = 1, .repetitions = 2, .span = milliseconds{30}},
                {.tokens = million, .threads = 2, .repetitions = 3, .span = milliseconds{30}}};
    return {{.tokens = million, .threads = 1, .repetitions = 3, .span = milliseconds{100}},
            {.tokens = million, .threads = 2, .repetitions = 3, .span = milliseconds{100}},
            {.tokens = 10 * million, .threads = 1, .repetitions = 3},
            {.tokens = 10 * million, .threads = 2}};
}

void measure(arguments const& given, claims& told)
{
    results all;
    auto const rounds = plan(given);
    for (auto const& options : rounds)
    {
        measure_throughput(options, all);
        end_progress();
        print_throughput(options, all);
    }
    judge_throughput(rounds.back(), all, told);
    measure_pauses(rounds.back().tokens, all, told);
    if (!given.csv.empty())
        all.write_csv(given.csv);
}

}  // namespace

int main(int count, char** words)
try
{
    auto const given = read(count, words);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    claims told;
    if (given.soak)
        soak(given.quick ? 5'000'000 : 100'000'000, told);
    else
        measure(given, told);
    std::puts("");
    return told.print() ? 0 : 1;
}
catch (std::exception const& e)
{
    std::fprintf(stderr, "bench_table: %s\n", e.what());
    return 70;
}
