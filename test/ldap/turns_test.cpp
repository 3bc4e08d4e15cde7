// What holds a loop: sleeping in a handler, and computing in it; not waiting for events, and not waiting for a core.
#include "ldap/loop.hpp"
#include "ldap/turns.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <poll.h>

using namespace tokend::test;
using namespace tokend::plugin;
using namespace std::chrono_literals;

namespace {

// Has a loop do this in one turn, between two waits for events.
template <class Act>
std::chrono::nanoseconds longest_hold(Act act)
{
    turns seen;
    {
        ldap::loop loop;
        loop.start();
        boost::asio::post(loop.get_executor(), [&] { seen.watch(); });
        ldap::timer later{loop.get_executor(), 50ms};
        std::promise<void> done;
        later.async_wait([&](auto) {
            act();
            done.set_value();
        });
        done.get_future().get();
        loop.stop([] {});
    }
    return seen.longest_hold();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(turns_)

BOOST_AUTO_TEST_CASE(a_handler_that_sleeps_holds_its_loop)
{
    BOOST_TEST(longest_hold([] { ::poll(nullptr, 0, 30); }).count() > std::chrono::nanoseconds{20ms}.count());
}

BOOST_AUTO_TEST_CASE(a_handler_that_computes_holds_its_loop)
{
    auto const compute = [] {
        timespec t{};
        do
            ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        while (t.tv_sec == 0 && t.tv_nsec < 30'000'000);
    };
    BOOST_TEST(longest_hold(compute).count() > std::chrono::nanoseconds{20ms}.count());
}

BOOST_AUTO_TEST_CASE(waiting_for_events_does_not)
{
    BOOST_TEST(longest_hold([] {}).count() < std::chrono::nanoseconds{20ms}.count());
}

BOOST_AUTO_TEST_SUITE_END()
