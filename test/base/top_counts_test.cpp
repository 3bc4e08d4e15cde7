#include "base/top_counts.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <string>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(top_counts_)

BOOST_AUTO_TEST_CASE(while_there_is_room_the_counts_are_exact_and_the_most_frequent_come_first)
{
    top_counts counts{3};
    for (auto const* const name : {"a", "b", "b", "c", "b", "c"})
        counts.add(name);
    counts.add("c", 5);
    BOOST_TEST(counts.total() == 11U);
    auto const rows = counts.rows();
    BOOST_TEST_REQUIRE(rows.size() == 3U);
    BOOST_TEST((rows[0].name == "c" && rows[0].count == 7U && rows[0].error == 0U));
    BOOST_TEST((rows[1].name == "b" && rows[1].count == 3U));
    BOOST_TEST((rows[2].name == "a" && rows[2].count == 1U));
}

BOOST_AUTO_TEST_CASE(a_new_name_takes_the_place_of_the_least_frequent_and_says_how_wrong_it_may_be)
{
    top_counts counts{2};
    counts.add("a", 10);
    counts.add("b", 3);
    counts.add("c");
    auto const rows = counts.rows();
    BOOST_TEST_REQUIRE(rows.size() == 2U);
    BOOST_TEST((rows[1].name == "c" && rows[1].count == 4U && rows[1].error == 3U));
}

BOOST_AUTO_TEST_CASE(whatever_comes_no_count_is_too_low_or_too_high_by_more_than_the_bound)
{
    constexpr std::size_t counters = 50;
    std::mt19937 random{7};  // NOLINT: the same names each time
    for (double const p : {0.001, 0.01, 0.05, 0.3})
    {
        std::geometric_distribution<int> numbers{p};
        top_counts counts{counters};
        std::map<std::string, std::uint64_t> right;
        for (int i = 0; i < 20'000; ++i)
        {
            auto const name = std::to_string(numbers(random));
            counts.add(name);
            ++right[name];
        }
        auto const bound = counts.total() / counters;
        std::map<std::string, std::uint64_t> found;
        for (auto const& row : counts.rows())
        {
            found[row.name] = row.count;
            BOOST_TEST(row.count >= right[row.name]);
            BOOST_TEST(row.count - right[row.name] <= row.error);
            BOOST_TEST(row.error <= bound);
        }
        BOOST_TEST(found.size() <= counters);
        for (auto const& [name, count] : right)
            if (count > bound)
                BOOST_TEST(found.contains(name), name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
