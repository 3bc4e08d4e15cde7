#include "table/sweeper.hpp"

#include "table/tokens.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace tokend;
using namespace tokend::testing;

BOOST_AUTO_TEST_SUITE(sweeper_)

BOOST_AUTO_TEST_CASE(it_gives_back_what_has_expired_and_nothing_else)
{
    tokend::clock const real;
    auto const now = whole_seconds(real.now());
    table kept{{.capacity = 3000}};
    for (std::uint64_t i = 1; i <= 2000; ++i)
        kept.insert({i << 50, i}, kept.prepare(alice, alice), now - seconds{20}, now - seconds{10}, now - seconds{20});
    kept.insert({5, 5}, kept.prepare(bob, bob), now, now + std::chrono::hours{1}, now);
    sweeper const running{kept, real, {.interval = std::chrono::milliseconds{1}}};
    while (kept.size() > 1)  // the test's time limit ends it if this never comes
        std::this_thread::yield();
    found_token found;
    BOOST_TEST(kept.find({5, 5}, now, found));
    BOOST_TEST(kept.size() == 1U);
}

BOOST_AUTO_TEST_CASE(it_begins_at_once_and_stops_at_once_however_long_its_pause)
{
    tokend::clock const real;
    auto const now = whole_seconds(real.now());
    table kept{{.capacity = 100}};
    kept.insert({5, 5}, kept.prepare(alice, alice), now - seconds{20}, now - seconds{10}, now - seconds{20});
    {
        sweeper const running{kept, real, {.interval = std::chrono::hours{1}}};
    }  // the test's time limit ends it if this takes the pause
    BOOST_TEST(kept.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
