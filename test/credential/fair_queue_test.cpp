#include "credential/fair_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace tokend;

namespace {

struct queue : fair_queue<std::string>
{
    void add(std::string org, std::string from, std::string item, int times = 1)
    {
        for (int n = 0; n < times; ++n)
            push({org, from}, item);
    }
    std::string next(int items)
    {
        std::string all;
        for (int n = 0; n < items && !empty(); ++n)
            all += pop();
        return all;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(fair_queue_)

BOOST_AUTO_TEST_CASE(items_of_one_network_come_in_their_order)
{
    queue q;
    for (auto const* item : {"a", "b", "c"})
        q.add("ACME", "192.0.2.1/32", item);
    BOOST_TEST(q.next(9) == "abc");
    BOOST_TEST(q.empty());
}

BOOST_AUTO_TEST_CASE(networks_of_an_organisation_take_turns)
{
    queue q;
    q.add("ACME", "one", "a", 4);
    q.add("ACME", "two", "b", 2);
    BOOST_TEST(q.next(9) == "ababaa");
}

BOOST_AUTO_TEST_CASE(an_organisation_with_many_networks_has_the_turns_of_one)
{
    queue q;
    for (auto const* network : {"one", "two", "three"})
        q.add("ACME", network, "a", 2);
    q.add("CRMDEMO", "four", "b", 3);
    BOOST_TEST(q.next(9) == "abababaaa");
}

BOOST_AUTO_TEST_CASE(who_comes_with_his_first_item_is_next)
{
    queue q;
    q.add("ACME", "guesser", "a", 60);
    BOOST_TEST(q.next(10) == "aaaaaaaaaa");
    q.add("ACME", "owner", "b");
    q.add("CRMDEMO", "tenant", "c");
    auto const turns = q.next(3);
    BOOST_TEST(turns.find('b') != turns.npos);
    BOOST_TEST(turns.find('c') != turns.npos);
}

BOOST_AUTO_TEST_CASE(a_network_that_was_idle_does_not_catch_up)
{
    queue q;
    q.add("ACME", "one", "a", 20);
    q.add("ACME", "two", "b");
    BOOST_TEST(q.next(10) == "abaaaaaaaa");
    q.add("ACME", "two", "b", 5);
    BOOST_TEST(q.next(6) == "bababa");
}

// As many turns as it has had too many, and as many more as its next item is expected to take.
BOOST_AUTO_TEST_CASE(a_network_that_is_charged_gives_way)
{
    queue q;
    q.add("ACME", "guesser", "a", 5);
    q.add("ACME", "owner", "b", 20);
    BOOST_TEST(q.next(1) == "a");
    q.charge({"ACME", "guesser"}, 3);
    BOOST_TEST(q.next(8) == "bbbbbbba");
}

BOOST_AUTO_TEST_CASE(however_many_networks_were_charged_the_first_item_of_another_one_is_next)
{
    queue q;
    std::vector<std::string> const guessers{"one", "two", "three", "four", "five"};
    for (auto const& guesser : guessers)
        q.add("ACME", guesser, "a", 10);
    for (int round = 0; round < 5; ++round)
        for (auto const& guesser : guessers)
        {
            BOOST_TEST(q.next(1) == "a");
            q.charge({"ACME", guesser}, 16);
            if (round == 0)
                continue;
            q.add("ACME", "owner", "b");
            BOOST_TEST(q.next(1) == "b");
        }
}

BOOST_AUTO_TEST_CASE(a_network_that_was_charged_waits_for_no_more_than_its_turn)
{
    queue q;
    q.add("ACME", "guesser", "a", 2);
    q.add("ACME", "owner", "b", 100);
    BOOST_TEST(q.next(1) == "a");
    q.charge({"ACME", "guesser"}, 16);
    auto const turns = q.next(50);
    BOOST_TEST(std::ranges::count(turns, 'a') == 1);
}

BOOST_AUTO_TEST_CASE(a_charge_is_forgotten_once_nobody_waits)
{
    queue q;
    q.add("ACME", "guesser", "a");
    q.charge({"ACME", "guesser"}, 1000);
    BOOST_TEST(q.next(1) == "a");
    q.charge({"ACME", "guesser"}, 1000);
    q.charge({"unheard", "of"}, 1000);
    q.add("ACME", "guesser", "a", 2);
    q.add("ACME", "owner", "b", 2);
    BOOST_TEST(q.next(4) == "abab");
}

BOOST_AUTO_TEST_CASE(the_newest_item_of_who_has_most_is_shed)
{
    queue q;
    q.add("ACME", "one", "a", 3);
    q.add("ACME", "two", "b", 4);
    q.add("CRMDEMO", "three", "c", 7);
    q.push({"ACME", "two"}, "newest");
    auto const [number, item] = q.shed();
    BOOST_TEST(item == "newest");
    BOOST_TEST(number == 14U);
    BOOST_TEST(q.shed().second == "b");
    BOOST_TEST(q.shed().second == "c");
    BOOST_TEST(q.size() == 12U);
}

BOOST_AUTO_TEST_CASE(ten_thousand_networks_are_served_in_their_order)
{
    queue q;
    std::string expected;
    for (int n = 0; n < 10'000; ++n)
    {
        q.add("ACME", std::to_string(n), std::to_string(n % 10));
        if (n % 2 == 1)
        {
            expected += std::to_string((n / 2) % 10);
            BOOST_REQUIRE(q.next(1) == expected.substr(expected.size() - 1));
        }
    }
    BOOST_TEST(q.size() == 5000U);
}

BOOST_AUTO_TEST_SUITE_END()
