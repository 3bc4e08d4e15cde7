// A handler that sleeps or computes holds a loop. Waiting for events, or for a core, does not.
#include "ldap/lag_gauge.hpp"

#include "ldap/loop.hpp"
#include "support/patience.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <poll.h>
#include <time.h>
#include <vector>

using namespace tokend::plugin;
using namespace tokend::test;
using namespace std::chrono_literals;

namespace {

struct seen
{
    std::chrono::nanoseconds longest;
    std::vector<std::chrono::milliseconds> reports;
};

constexpr auto wait_time = 50ms;

void sleep() { ::poll(nullptr, 0, 30); }
void compute()
{
    auto const on_core = [] {
        timespec t{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
    };
    for (auto const end = on_core() + 30ms; on_core() < end;)
        ;
}

// Calls `act` in two turns of a loop, each between two waits for events.
seen after_two_turns(void (*act)())
{
    seen what{};
    lag_gauge gauge{[&](auto held) { what.reports.push_back(held); }};
    ldap::loop loop{"test"};
    loop.start();
    boost::asio::post(loop.get_executor(), [&] { gauge.watch(); });
    for (int i = 0; i < 2; ++i)
    {
        ldap::timer later{loop.get_executor(), wait_time};
        std::promise<void> done;
        later.async_wait([&](auto) {
            act();
            done.set_value();
        });
        done.get_future().get();
    }
    loop.stop([] {});
    what.longest = gauge.longest();
    return what;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lag_gauge_)

BOOST_AUTO_TEST_CASE(a_handler_that_sleeps_or_computes_holds_its_loop_and_is_reported)
{
    for (auto* const act : {sleep, compute})
    {
        auto const held = after_two_turns(act);
        BOOST_TEST((held.longest >= 30ms));
        BOOST_TEST_REQUIRE(!held.reports.empty());
        BOOST_TEST((held.reports.front() >= 30ms));
        BOOST_TEST((held.reports.back() == std::chrono::floor<std::chrono::milliseconds>(held.longest)));
    }
}

// Each attempt waits twice, for longer than the limit. A busy machine may hold one attempt up, but not all.
BOOST_AUTO_TEST_CASE(waiting_for_events_does_not)
{
    BOOST_TEST(eventually([] {
        auto const held = after_two_turns([] {});
        return held.longest < wait_time && held.reports.empty();
    }));
}

BOOST_AUTO_TEST_SUITE_END()
