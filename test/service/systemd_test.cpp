#include "app/tokend/systemd.hpp"

#include "support/datagram_socket.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

using namespace tokend;
using namespace std::chrono_literals;
using test::datagram_socket;
using test::temporary_folder;

namespace {

long long monotonic_now()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1'000'000LL + now.tv_nsec / 1000;
}

void set_watchdog(char const* time, char const* whose)
{
    time ? ::setenv("WATCHDOG_USEC", time, 1) : ::unsetenv("WATCHDOG_USEC");
    whose ? ::setenv("WATCHDOG_PID", whose, 1) : ::unsetenv("WATCHDOG_PID");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(systemd_)

BOOST_AUTO_TEST_CASE(each_notification_is_one_datagram_as_the_manual_describes_it)
{
    temporary_folder const folder;
    datagram_socket const manager{folder / "notify"};
    notifier const n{manager.path()};
    BOOST_TEST(n.has_manager());
    n.ready("3 live tokens");
    BOOST_TEST(manager.receive() == "READY=1\nSTATUS=3 live tokens");
    n.ready();
    BOOST_TEST(manager.receive() == "READY=1");
    n.stopping(4500ms);
    BOOST_TEST(manager.receive() == "STOPPING=1\nSTATUS=stopping\nEXTEND_TIMEOUT_USEC=4500000");
    n.status("4 live tokens");
    BOOST_TEST(manager.receive() == "STATUS=4 live tokens");
    n.feed_watchdog();
    BOOST_TEST(manager.receive() == "WATCHDOG=1");
    BOOST_TEST(manager.receive().empty());
}

BOOST_AUTO_TEST_CASE(a_reload_begins_with_the_time_of_the_monotonic_clock)
{
    temporary_folder const folder;
    datagram_socket const manager{folder / "notify"};
    auto const before = monotonic_now();
    notifier{manager.path()}.reloading();
    std::string const message = manager.receive();
    std::string const begin = "RELOADING=1\nMONOTONIC_USEC=";
    BOOST_TEST_REQUIRE(message.starts_with(begin), message);
    auto const time = std::stoll(message.substr(begin.size()));
    BOOST_TEST(time >= before);
    BOOST_TEST(time <= monotonic_now());
}

BOOST_AUTO_TEST_CASE(the_manager_may_have_an_abstract_socket)
{
    datagram_socket const manager{"@tokend-test-" + std::to_string(::getpid())};
    notifier{manager.path()}.feed_watchdog();
    BOOST_TEST(manager.receive() == "WATCHDOG=1");
}

BOOST_AUTO_TEST_CASE(without_a_manager_nothing_is_sent)
{
    BOOST_TEST(!notifier{}.has_manager());
    BOOST_TEST(!notifier{""}.has_manager());
    BOOST_TEST(!notifier{"relative/path"}.has_manager());
    notifier{}.ready("");
    notifier{"/nonexistent/socket"}.ready("");
    notifier{'/' + std::string(200, 'x')}.ready("");
}

BOOST_AUTO_TEST_CASE(the_watchdog_is_that_of_this_process_or_of_any)
{
    set_watchdog("10000000", nullptr);
    BOOST_TEST((watchdog_time(4711) == 10s));
    set_watchdog("10000000", "4711");
    BOOST_TEST((watchdog_time(4711) == 10s));
    BOOST_TEST(!watchdog_time(4712).has_value());
    for (auto const* const no_time : {"0", "", "x", "-1", "99999999999999999999"})
    {
        set_watchdog(no_time, nullptr);
        BOOST_TEST(!watchdog_time(4711).has_value(), no_time);
    }
    set_watchdog(nullptr, nullptr);
    BOOST_TEST(!watchdog_time(4711).has_value());
}

BOOST_AUTO_TEST_CASE(what_systemd_gave_is_taken_once)
{
    temporary_folder const folder;
    datagram_socket const manager{folder / "notify"};
    ::setenv("NOTIFY_SOCKET", manager.path().c_str(), 1);
    set_watchdog("2000000", std::to_string(::getpid()).c_str());
    auto const taken = take_service_environment();
    taken.notify->feed_watchdog();
    BOOST_TEST(manager.receive() == "WATCHDOG=1");
    BOOST_TEST((taken.watchdog == 2s));
    auto const again = take_service_environment();
    BOOST_TEST(!again.notify->has_manager());
    BOOST_TEST(!again.watchdog.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
