#include "base/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(clock_)

BOOST_AUTO_TEST_CASE(time_never_goes_back)
{
    tokend::clock const clock;
    auto before = clock.now();
    for (int i = 0; i < 1000; ++i)
    {
        auto const now = clock.now();
        BOOST_TEST((now >= before));
        before = now;
    }
}

BOOST_AUTO_TEST_CASE(a_clock_can_be_put_forward_and_not_back)
{
    tokend::clock clock;
    auto const late = clock.now() + 24h;
    clock.not_before(late);
    BOOST_TEST((clock.now() >= late));
    clock.not_before(late - 12h);
    BOOST_TEST((clock.now() >= late));
}

BOOST_AUTO_TEST_CASE(whole_seconds_are_rounded_down)
{
    BOOST_TEST((whole_seconds(timestamp{1999ms}) == std::chrono::sys_seconds{1s}));
    BOOST_TEST((whole_seconds(timestamp{2s}) == std::chrono::sys_seconds{2s}));
    BOOST_TEST((whole_seconds(timestamp{-1ns}) == std::chrono::sys_seconds{-1s}));
}

BOOST_AUTO_TEST_SUITE_END()
