#include "bench/table/soak.hpp"

#include "bench/table/harness.hpp"
#include "bench/table/ours.hpp"

#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace tokend::bench {
namespace {

constexpr std::size_t capacity = 1'000'000;
constexpr std::size_t live = capacity / 100 * 99;

// The tokens of one thread, by their numbers, and the errors seen with them.
class tenants
{
public:
    tenants(whole_table& in, unsigned thread) : in_{in}, thread_{thread}, random_{thread} {}

    void add(std::size_t count)
    {
        for (; count > 0; --count)
        {
            numbers_.push_back(next_);
            put();
        }
    }
    void replace(std::uint64_t count)
    {
        for (; count > 0; --count)
        {
            auto& number = numbers_[random_.below(static_cast<std::uint32_t>(numbers_.size()))];
            lost += !in_.erase(key_of(thread_, number));
            number = next_;
            put();
        }
    }
    // Does each as often as there are tokens.
    tally hits()
    {
        tally done;
        payload found;
        for (auto const number : numbers_)
            done.expect(in_.find(key_of(thread_, number), found));
        lost += done.wrong;
        return done;
    }
    tally misses()
    {
        tally done;
        payload found;
        for (std::size_t i = 0; i < numbers_.size(); ++i)
            done.expect(!in_.find(key_of(thread_ + most_threads, random_.below(1 << 30)), found));
        return done;
    }

    std::uint64_t refused = 0;
    std::uint64_t lost = 0;  // tokens that were missing when they were erased or looked up

private:
    void put()
    {
        refused +=
            !in_.insert(key_of(thread_, next_),
                        {.expires = seconds_from_now(24 * 3600), .issued = seconds_from_now(0), .record = next_});
        ++next_;
    }

    whole_table& in_;
    unsigned const thread_;
    die random_;
    std::vector<std::uint32_t> numbers_;
    std::uint32_t next_ = 0;
};

// The state of the table at one moment: the distance of tokens from their home line, and the cost of a find.
void print_state(char const* when, whole_table& table, std::array<tenants, most_threads>& all)
{
    auto const census = table.kept().census();
    auto const hits = together(most_threads, [&](unsigned thread) { return all[thread].hits(); });
    auto const misses = together(most_threads, [&](unsigned thread) { return all[thread].misses(); });
    end_progress();
    std::printf(
        "%s: %zu live, %zu in the index, %.3f lines passed by each (%.3f counted); hits %.2f Mop/s, misses %.2f\n",
        when, census.live, census.indexed, static_cast<double>(census.path_length) / static_cast<double>(census.live),
        static_cast<double>(census.passers) / static_cast<double>(census.live), hits.millions_per_second(),
        misses.millions_per_second());
}

}  // namespace

void soak(std::uint64_t replacements, claims& told)
{
    constexpr auto legs = 20;
    whole_table table{capacity};
    std::array<tenants, most_threads> all{tenants{table, 0}, tenants{table, 1}};
    auto const each = [&](auto const& work) {
        return together(most_threads, [&](unsigned thread) {
            work(all[thread]);
            return tally{};
        });
    };
    std::printf("%llu inserts and as many erases at %zu of %zu tokens, load %u %%, %u threads, with principals\n",
                static_cast<unsigned long long>(replacements), live, capacity, load_percent, most_threads);
    each([](tenants& t) { t.add(live / most_threads); });
    print_state("before", table, all);
    std::vector<double> rates;
    for (int leg = 0; leg < legs; ++leg)
    {
        progress("soak: " + std::to_string(100 * leg / legs) + " % of " + std::to_string(replacements) +
                 " replacements");
        auto const took = each([&](tenants& t) { t.replace(replacements / legs / most_threads); });
        rates.push_back(static_cast<double>(replacements / legs) / took.seconds / 1e6);
    }
    print_state("after", table, all);
    auto const rate = range_of(rates);
    std::printf("million replacements a second: %.2f (%.2f to %.2f in %d parts)\n", rate.median, rate.least,
                rate.greatest, legs);

    auto const sum = [&](auto member) { return static_cast<double>(all[0].*member + all[1].*member); };
    using enum claims::relation;
    told.hold("inserts_refused", sum(&tenants::refused), at_most, 0);
    told.hold("tokens_lost", sum(&tenants::lost), at_most, 0);
}

}  // namespace tokend::bench
