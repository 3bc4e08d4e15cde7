#include "base/small_share.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <thread>

using namespace tokend;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(small_share_)

BOOST_AUTO_TEST_CASE(a_pause_lasts_four_times_as_long_as_the_work)
{
    BOOST_TEST((small_share::pause_after(20us) == 80us));
    BOOST_TEST((small_share::pause_after(3ms) == 12ms));
}

// Else a walk over an empty table would wait most of the time.
BOOST_AUTO_TEST_CASE(hardly_any_work_is_followed_by_no_pause)
{
    BOOST_TEST((small_share::pause_after(0us) == 0us));
    BOOST_TEST((small_share::pause_after(19us) == 0us));
}

BOOST_AUTO_TEST_CASE(a_slice_that_was_interrupted_for_long_is_followed_by_a_short_pause)
{
    BOOST_TEST((small_share::pause_after(15ms) == 20ms));
    BOOST_TEST((small_share::pause_after(small_share::duration::max()) == 20ms));
}

BOOST_AUTO_TEST_CASE(the_loop_does_other_work_in_a_pause)
{
    asio::io_context loop{1};
    int others = 0;
    int others_then = 0;
    auto work = [](int& seen, int const& done) -> task<void> {
        small_share share;
        std::this_thread::sleep_for(1ms);  // is the work
        co_await share.step_back();
        seen = done;
    };
    asio::co_spawn(loop, work(others_then, others), asio::detached);
    asio::post(loop, [&] { ++others; });
    loop.run();
    BOOST_TEST(others_then == 1);
}

BOOST_AUTO_TEST_SUITE_END()
