#include "ldap/task_group.hpp"
#include "ldap/wakeup.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <poll.h>

using namespace tokend::plugin;
using namespace std::chrono_literals;

namespace {

// A loop on the test's own thread, and a coroutine on it that waits.
struct scene
{
    boost::asio::io_context loop{};
    ldap::wakeup wakeup{loop.get_executor()};
    ldap::task_group tasks{loop.get_executor()};
    std::optional<bool> is_woken{};

    void wait(std::chrono::milliseconds limit)
    {
        auto waiting = [](scene& s, ldap::time_point until) -> ldap::task<void> {
            s.is_woken = co_await s.wakeup.wait(until);
        };
        is_woken.reset();
        loop.restart();
        tasks.spawn(waiting(*this, ldap::now() + limit));
        loop.poll();
    }
    void run()
    {
        loop.restart();
        loop.run();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(wakeup_)

BOOST_AUTO_TEST_CASE(a_call_wakes_the_coroutine_that_waits)
{
    scene s;
    s.wait(1h);
    BOOST_TEST(!s.is_woken.has_value());
    s.wakeup.set();
    s.run();
    BOOST_TEST(s.is_woken.value());
}

BOOST_AUTO_TEST_CASE(a_call_before_the_wait_is_kept_for_it_and_for_no_other)
{
    scene s;
    s.wakeup.set();
    s.wakeup.set();
    s.wait(1h);
    BOOST_TEST(s.is_woken.value());
    s.wait(1ms);
    s.run();
    BOOST_TEST(!s.is_woken.value());
}

// Both timers are due when the loop looks, so the end of the wait is in the queue when the other one's handler runs.
BOOST_AUTO_TEST_CASE(a_call_that_comes_when_the_time_is_over_but_before_the_coroutine_runs_counts)
{
    scene s;
    ldap::timer earlier{s.loop.get_executor(), ldap::now() + 50ms};
    earlier.async_wait([&](auto) { s.wakeup.set(); });
    s.wait(50ms);
    ::poll(nullptr, 0, 100);
    s.run();
    BOOST_TEST(s.is_woken.value());
}

BOOST_AUTO_TEST_CASE(a_wait_without_a_call_ends_at_its_time)
{
    scene s;
    s.wait(1ms);
    s.run();
    BOOST_TEST(!s.is_woken.value());
}

BOOST_AUTO_TEST_CASE(a_wait_that_is_cancelled_is_not_woken)
{
    scene s;
    s.wait(1h);
    s.tasks.cancel_all();
    s.run();
    BOOST_TEST(!s.is_woken.value());
    BOOST_TEST(s.tasks.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
