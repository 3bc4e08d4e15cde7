#include "base/token_shares.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(token_shares_)

BOOST_AUTO_TEST_CASE(a_share_gives_exactly_as_many_places_as_it_is_asked_for)
{
    token_share share;
    BOOST_TEST(share.take(2));
    BOOST_TEST(share.take(2));
    BOOST_TEST(!share.take(2));
    BOOST_TEST(share.take(3));
    BOOST_TEST(!share.take(1));
    share.give();
    share.give();
    BOOST_TEST(share.taken() == 1U);
    share.take_beyond(5);
    BOOST_TEST(share.taken() == 6U);
    BOOST_TEST(!share.take(6));
    BOOST_TEST(share.take(token_limits::none));
}

BOOST_AUTO_TEST_CASE(an_organisation_has_one_share_in_any_case_as_long_as_all_of_them)
{
    token_shares all;
    auto& acme = all.of("ACME");
    for (int i = 0; i < 1000; ++i)
        all.of(std::to_string(i)).take_beyond(1);
    BOOST_TEST(&all.of("acme") == &acme);
    BOOST_TEST(acme.taken() == 0U);
    BOOST_TEST(all.of("999").taken() == 1U);
}

BOOST_AUTO_TEST_CASE(threads_that_ask_for_a_share_get_the_same)
{
    token_shares all;
    std::array<std::atomic<int>, 50> taken{};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (std::size_t i = 0; i < 1000 * taken.size(); ++i)
                    taken[i % taken.size()] += all.of("name " + std::to_string(i % taken.size())).take(100);
            });
    }
    for (std::size_t i = 0; i < taken.size(); ++i)
    {
        BOOST_TEST(taken[i] == 100);
        BOOST_TEST(all.of("NAME " + std::to_string(i)).taken() == 100U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
