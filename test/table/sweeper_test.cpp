#include "table/sweeper.hpp"

#include "table/tokens.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>
#include <tuple>

using namespace tokend;
using namespace tokend::testing;

BOOST_AUTO_TEST_SUITE(sweeper_)

BOOST_AUTO_TEST_CASE(it_gives_back_what_has_expired_and_nothing_else)
{
    tokend::clock const real;
    auto const now = whole_seconds(real.now());
    table kept{{.capacity = 3000}};
    for (std::uint64_t i = 1; i <= 2000; ++i)
        std::ignore = kept.insert({i << 50, i}, kept.prepare(alice, alice), now - seconds{20}, now - seconds{10},
                                  now - seconds{20});
    std::ignore = kept.insert({5, 5}, kept.prepare(bob, bob), now, now + std::chrono::hours{1}, now);
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
    std::ignore =
        kept.insert({5, 5}, kept.prepare(alice, alice), now - seconds{20}, now - seconds{10}, now - seconds{20});
    {
        sweeper const running{kept, real, {.interval = std::chrono::hours{1}}};
    }  // the test's time limit ends it if this takes the pause
    BOOST_TEST(kept.size() == 0U);
}

// Once without any token, once asleep until one that lasts.
BOOST_AUTO_TEST_CASE(a_token_that_expires_before_all_others_wakes_it)
{
    tokend::clock const real;
    table kept{{.capacity = 100}};
    sweeper const running{kept, real, {}};
    for (std::uint64_t i = 1; i <= 2; ++i)
    {
        auto const now = whole_seconds(real.now());
        std::ignore = kept.insert({i, i}, kept.prepare(bob, bob), now, now + std::chrono::hours{1}, now);
        std::ignore = kept.insert({i << 50, i}, kept.prepare(alice, alice), now, now + seconds{1}, now);
        while (kept.size() > i)  // the test's time limit ends it if this never comes
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    found_token found;
    BOOST_TEST(kept.find({1, 1}, whole_seconds(real.now()), found));
    BOOST_TEST(kept.find({2, 2}, whole_seconds(real.now()), found));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(expiry_alarm_)

BOOST_AUTO_TEST_CASE(it_rings_for_the_soonest_and_not_before)
{
    tokend::clock const real;
    auto const now = whole_seconds(real.now());
    auto const at = [&](int after) {
        return static_cast<std::uint32_t>((now + seconds{after}).time_since_epoch().count());
    };
    expiry_alarm alarm;
    alarm.reset();
    alarm.lower(at(3600));
    alarm.lower(at(1));
    alarm.lower(at(1800));
    std::stop_source const nobody;
    BOOST_TEST(alarm.wait(nobody.get_token(), real, now));
    BOOST_TEST((real.now() >= now + seconds{1}));
    BOOST_TEST(alarm.wait(nobody.get_token(), real, now + seconds{2}));
    BOOST_TEST((real.now() >= now + seconds{2}));
}

BOOST_AUTO_TEST_SUITE_END()
