#include "ldap/lateness.hpp"

#include "ldap/wakeup.hpp"
#include "support/patience.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <vector>

using namespace tokend::plugin;
using tokend::test::eventually;
using namespace std::chrono_literals;

namespace {

// A loop on the test's own thread. It has work until the work is called off.
struct scene
{
    boost::asio::io_context loop{};
    ldap::wakeup over{loop.get_executor()};
    ldap::task_group work{loop.get_executor()};
    std::vector<std::chrono::milliseconds> reports{};
    ldap::lateness lateness{loop.get_executor(), work, [this](auto late) { reports.push_back(late); }};

    // Runs the loop until it has nothing left to wait for. A handler holds the loop, and then calls the work off.
    void run(bool with_work, std::chrono::milliseconds hold)
    {
        auto wait = [](ldap::wakeup& until) -> ldap::task<void> { co_await until.wait(ldap::now() + 1h); };
        if (with_work)
            work.spawn(wait(over));
        lateness.watch();
        boost::asio::post(loop, [this, hold] {
            ::poll(nullptr, 0, static_cast<int>(hold.count()));
            over.set();
        });
        loop.restart();
        loop.run_for(tokend::test::patience * 60s);  // it ends before that
        BOOST_TEST(loop.stopped());
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(lateness_)

// The timer is due 10 ms after the start, so it is at least 50 ms late.
BOOST_AUTO_TEST_CASE(a_loop_that_a_handler_holds_is_late)
{
    scene s;
    s.run(true, 60ms);
    BOOST_TEST_REQUIRE(!s.reports.empty());
    BOOST_TEST((s.reports.front() >= 50ms));
}

BOOST_AUTO_TEST_CASE(only_a_longer_delay_than_any_before_is_reported)
{
    scene s;
    s.run(true, 200ms);
    auto const first = s.reports;
    s.run(true, 30ms);
    BOOST_TEST((s.reports == first || s.reports.back() > first.back()));  // the machine may be that busy
    s.run(true, s.reports.back() + 50ms);
    BOOST_TEST((s.reports.size() > first.size()));
}

// A busy machine may be late once, but not each time.
BOOST_AUTO_TEST_CASE(a_loop_that_nothing_holds_is_not_late)
{
    BOOST_TEST(eventually([] {
        scene s;
        s.run(true, 0ms);
        return s.reports.empty();
    }));
}

BOOST_AUTO_TEST_CASE(a_loop_without_work_has_no_timer)
{
    scene s;
    s.run(false, 0ms);
}

BOOST_AUTO_TEST_SUITE_END()
