#include "base/counts.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(counts_)

BOOST_AUTO_TEST_CASE(bounds_rise_by_a_half_and_a_third)
{
    BOOST_TEST(time_distribution::bound(0) == 64U);
    BOOST_TEST(time_distribution::bound(1) == 96U);
    BOOST_TEST(time_distribution::bound(2) == 128U);
    BOOST_TEST(time_distribution::bound(time_distribution::bounds - 1) == 64U << 18);
}

BOOST_AUTO_TEST_CASE(a_time_is_counted_at_the_first_bound_that_it_does_not_exceed)
{
    BOOST_TEST(time_distribution::place(0) == 0U);
    for (std::size_t i = 0; i < time_distribution::bounds; ++i)
    {
        auto const bound = time_distribution::bound(i);
        BOOST_TEST(time_distribution::place(bound - 1) == i);
        BOOST_TEST(time_distribution::place(bound) == i);
        BOOST_TEST(time_distribution::place(bound + 1) == i + 1);
    }
    BOOST_TEST(time_distribution::place(~std::uint64_t{0}) == time_distribution::bounds);
}

BOOST_AUTO_TEST_CASE(distributions_of_several_threads_add_up)
{
    own_time_counts one;
    shared_time_counts other;
    one.add(65us);
    one.add(-1ms);
    other.add(66us);
    other.add(1h);
    time_distribution sum;
    one.add_to(sum);
    other.add_to(sum);
    BOOST_TEST(sum.counts[0] == 1U);
    BOOST_TEST(sum.counts[1] == 2U);
    BOOST_TEST(sum.counts[time_distribution::bounds] == 1U);
    BOOST_TEST(sum.microseconds == 131U + 3'600'000'000U);
}

BOOST_AUTO_TEST_CASE(what_was_added_can_be_taken_away)
{
    own_time_counts times;
    times.add(65us);
    time_distribution before;
    times.add_to(before);
    times.add(1ms);
    time_distribution grown;
    times.add_to(grown);
    grown -= before;
    BOOST_TEST(grown.counts[time_distribution::place(65)] == 0U);
    BOOST_TEST(grown.counts[time_distribution::place(1000)] == 1U);
    BOOST_TEST(grown.microseconds == 1000U);
    grown += before;
    BOOST_TEST(grown.microseconds == 1065U);
}

BOOST_AUTO_TEST_CASE(a_quantile_is_the_least_bound_that_is_not_exceeded)
{
    time_distribution times;
    BOOST_TEST(!times.quantile(0.99).has_value());
    times.counts[3] = 99;
    times.counts[8] = 1;
    BOOST_TEST(times.quantile(0.99).value() == time_distribution::bound(3));
    BOOST_TEST(times.quantile(0.995).value() == time_distribution::bound(8));
    BOOST_TEST(times.quantile(0.001).value() == time_distribution::bound(3));
    times.counts[time_distribution::bounds] = 1000;
    BOOST_TEST(times.quantile(0.99).value() == time_distribution::bound(time_distribution::bounds - 1));
}

BOOST_AUTO_TEST_SUITE_END()
