#include "app/tokend/service_manager.hpp"

#include "support/datagram_socket.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;
using test::datagram_socket;
using test::temporary_folder;

namespace {

// A loop that turns when the test says so.
class still_loop
{
public:
    service_manager::loop ask()
    {
        return [this](std::function<void()> turned) { jobs_.push_back(std::move(turned)); };
    }
    void turn()
    {
        for (auto const& job : std::exchange(jobs_, {}))
            job();
    }
    std::size_t jobs() const { return jobs_.size(); }

private:
    std::vector<std::function<void()>> jobs_;
};

struct managed
{
    explicit managed(std::optional<std::chrono::microseconds> watchdog = 1h)
        : service{control, std::make_shared<notifier const>(manager.path()), watchdog, [this] { return status; }}
    {
        service.watch(first.ask());
        service.watch(second.ask());
    }

    void turn_control() { control.poll(); }
    // What the timer does at a time.
    void look(std::chrono::seconds later = 0s)
    {
        service.look(std::chrono::steady_clock::now() + later);
        turn_control();
    }
    void start()
    {
        service.ready();
        turn_control();
        BOOST_TEST_REQUIRE(manager.receive() == "READY=1\nSTATUS=" + status);
    }

    temporary_folder folder;
    datagram_socket manager{folder / "notify"};
    std::string status = "0 live tokens";
    still_loop first;
    still_loop second;
    asio::io_context control{1};
    service_manager service;
};

constexpr std::string_view food = "WATCHDOG=1";
constexpr std::string_view nothing;

}  // namespace

BOOST_AUTO_TEST_SUITE(service_manager_)

BOOST_AUTO_TEST_CASE(the_watchdog_is_fed_once_every_loop_has_turned)
{
    managed m;
    m.start();
    m.first.turn();
    m.turn_control();
    BOOST_TEST(m.manager.receive() == nothing);
    m.second.turn();
    BOOST_TEST(m.manager.receive() == nothing);  // the control loop has not turned
    m.turn_control();
    BOOST_TEST(m.manager.receive() == food);
    BOOST_TEST(m.manager.receive() == nothing);
}

BOOST_AUTO_TEST_CASE(a_loop_that_hangs_starves_the_watchdog_until_it_turns_again)
{
    managed m;
    m.start();
    m.second.turn();
    for (int look = 0; look < 100; ++look)
    {
        m.look();
        m.second.turn();
    }
    m.turn_control();
    BOOST_TEST(m.manager.receive() == nothing);
    BOOST_TEST(m.first.jobs() == 1U);  // jobs do not pile up on a loop that hangs
    m.first.turn();
    m.turn_control();
    BOOST_TEST(m.manager.receive() == food);
}

BOOST_AUTO_TEST_CASE(each_feeding_needs_a_new_turn_of_every_loop)
{
    managed m;
    m.start();
    for (int round = 0; round < 3; ++round)
    {
        m.first.turn();
        m.second.turn();
        m.turn_control();
        BOOST_TEST(m.manager.receive() == food);
        m.turn_control();
        BOOST_TEST(m.manager.receive() == nothing);
        m.look();
    }
}

BOOST_AUTO_TEST_CASE(without_a_watchdog_no_loop_is_asked)
{
    managed m{std::nullopt};
    m.start();
    m.look();
    BOOST_TEST(m.first.jobs() == 0U);
    BOOST_TEST(m.manager.receive() == nothing);
}

BOOST_AUTO_TEST_CASE(the_status_is_sent_again_if_it_has_changed_and_some_seconds_have_passed)
{
    managed m{std::nullopt};
    m.start();
    m.look(10s);
    BOOST_TEST(m.manager.receive() == nothing);  // the same
    m.status = "1 live tokens";
    m.look(12s);
    BOOST_TEST(m.manager.receive() == nothing);  // too soon
    m.look(15s);
    BOOST_TEST(m.manager.receive() == "STATUS=1 live tokens");
    m.look(30s);
    BOOST_TEST(m.manager.receive() == nothing);
}

BOOST_AUTO_TEST_CASE(a_reload_ends_when_its_last_part_has_ended)
{
    managed m;
    auto part = m.service.reloading();
    auto other = part;
    BOOST_TEST(m.manager.receive().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    part.reset();
    BOOST_TEST(m.manager.receive() == nothing);
    other.reset();
    BOOST_TEST(m.manager.receive() == "READY=1");
}

BOOST_AUTO_TEST_CASE(a_stop_is_announced_with_its_longest_time_and_the_watchdog_is_still_fed)
{
    managed m;
    m.start();
    m.service.stopping(5500ms);
    BOOST_TEST(m.manager.receive() == "STOPPING=1\nSTATUS=stopping\nEXTEND_TIMEOUT_USEC=5500000");
    m.status = "1 live tokens";
    m.look(10s);
    BOOST_TEST(m.manager.receive() == nothing);
    m.first.turn();
    m.second.turn();
    m.turn_control();
    BOOST_TEST(m.manager.receive() == food);
}

BOOST_AUTO_TEST_CASE(without_a_service_manager_nothing_is_asked_and_no_timer_runs)
{
    asio::io_context control{1};
    still_loop loop;
    service_manager service{control, std::make_shared<notifier const>(), 1s, [] { return std::string{}; }};
    service.watch(loop.ask());
    service.ready();
    BOOST_TEST(control.poll() == 0U);
    BOOST_TEST(control.stopped());  // there is no work left
    BOOST_TEST(loop.jobs() == 0U);
    service.reloading().reset();
    service.stopping(1s);
}

BOOST_AUTO_TEST_SUITE_END()
