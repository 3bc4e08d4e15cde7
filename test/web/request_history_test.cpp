#include "web/request_history.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <numeric>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

struct fixture
{
    // Adds the second that ends at `at`, with so many validations since the last call.
    void add(std::chrono::seconds at, std::uint64_t validations)
    {
        totals[request_kind::validation] += validations;
        history.add(begin + at, totals);
    }
    std::vector<std::uint64_t> validations(std::chrono::seconds since = -1h) const
    {
        std::vector<std::uint64_t> all;
        auto const found = history.after(begin + since).value();
        for (auto const& second : found.counts)
            all.push_back(second[static_cast<std::size_t>(request_kind::validation)]);
        return all;
    }
    using counts = std::vector<std::uint64_t>;

    request_history::second const begin{std::chrono::seconds{1'800'000'000}};
    request_history history;
    request_totals totals;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(request_history_, fixture)

BOOST_AUTO_TEST_CASE(there_is_nothing_before_the_first_call)
{
    BOOST_TEST(!history.after({}).has_value());
    add(0s, 1000);
    BOOST_TEST(validations().empty());
    BOOST_TEST((history.after({})->until == begin));
}

BOOST_AUTO_TEST_CASE(a_second_has_what_was_counted_in_it)
{
    for (auto const i : {0, 1, 2, 3})
        add(std::chrono::seconds{i}, static_cast<std::uint64_t>(i));
    BOOST_TEST((validations() == counts{1, 2, 3}));
    BOOST_TEST((validations(1s) == counts{2, 3}));
    BOOST_TEST(validations(3s).empty());
    BOOST_TEST(validations(9s).empty());
    BOOST_TEST((history.after({})->until == begin + 3s));
}

BOOST_AUTO_TEST_CASE(each_kind_has_a_count_of_its_own)
{
    history.add(begin, totals);
    for (std::size_t k = 0; k < request_kinds; ++k)
        totals.counts[k] = k + 1;
    history.add(begin + 1s, totals);
    auto const found = history.after({}).value();
    BOOST_TEST_REQUIRE(found.counts.size() == 1U);
    for (std::size_t k = 0; k < request_kinds; ++k)
        BOOST_TEST(found.counts[0][k] == k + 1);
    BOOST_TEST(plural_of(request_kind::login_accepted) == "logins_accepted");
    BOOST_TEST(plural_of(request_kind::refusal) == "refusals");
}

BOOST_AUTO_TEST_CASE(the_latest_300_seconds_are_kept)
{
    for (int i = 0; i <= 1000; ++i)
        add(std::chrono::seconds{i}, static_cast<std::uint64_t>(i));
    auto const all = validations();
    BOOST_TEST_REQUIRE(all.size() == request_history::length);
    for (std::size_t i = 0; i < all.size(); ++i)
        BOOST_TEST(all[i] == 701 + i);
}

BOOST_AUTO_TEST_CASE(a_second_that_comes_twice_or_late_changes_nothing_and_loses_nothing)
{
    add(0s, 0);
    add(2s, 4);
    add(2s, 7);
    add(1s, 5);
    BOOST_TEST((validations() == counts{2, 2}));
    add(3s, 1);
    BOOST_TEST((validations() == counts{2, 2, 13}));
}

BOOST_AUTO_TEST_CASE(seconds_that_were_left_out_share_what_was_counted_meanwhile)
{
    add(0s, 0);
    add(1s, 9);
    add(5s, 11);
    BOOST_TEST((validations() == counts{9, 3, 3, 3, 2}));
    add(1000s, 995 * 2);  // the system slept
    auto const all = validations();
    BOOST_TEST(all.size() == request_history::length);
    BOOST_TEST(std::accumulate(all.begin(), all.end(), std::uint64_t{0}) == 2 * request_history::length);
}

BOOST_AUTO_TEST_CASE(the_time_of_validations_is_that_of_the_last_minute)
{
    auto const add_times = [&](std::chrono::seconds at, std::size_t place, std::uint64_t count) {
        totals.validation_times.counts[place] += count;
        history.add(begin + at, totals);
    };
    auto const p99 = [&] { return history.after({})->validation_p99; };
    add_times(0s, 0, 1000);
    BOOST_TEST(!p99().has_value());
    add_times(1s, 10, 100);
    BOOST_TEST((p99() == std::chrono::microseconds{time_distribution::bound(10)}));
    add_times(60s, 2, 1);
    BOOST_TEST((p99() == std::chrono::microseconds{time_distribution::bound(10)}));
    add_times(61s, 2, 1);
    BOOST_TEST((p99() == std::chrono::microseconds{time_distribution::bound(2)}));
    add_times(200s, 2, 0);
    BOOST_TEST(!p99().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
