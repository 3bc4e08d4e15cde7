// Which of several servers is asked, and when a server that was down is tried again.
#include "ldap/directory_rig.hpp"
#include "ldap/fault_proxy.hpp"
#include "ldap/findings.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(servers_)

// One server of three does not answer: this costs its time-out once.
BOOST_AUTO_TEST_CASE(a_silent_server_costs_its_timeout_once)
{
    auto& server = slapd::shared();
    fault_proxy silent{server.tls_port()};
    silent.set(fault::silent);
    auto how =
        usual_settings({"ldap://127.0.0.1:" + std::to_string(free_port()), silent.tls_uri(), server.plain_uri()});
    how.server.retry_first = how.server.retry_last = 1h;  // no server is tried again
    how.server.connect_timeout = patience * 3s;           // the silent one takes all of it, the good one less
    directory_rig rig{how};
    for (int i = 0; i < 30; ++i)
        BOOST_TEST(is(rig.log_in("load" + std::to_string(i)), TOKEND_ACCEPT));
    BOOST_TEST(silent.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(logins_return_to_the_first_server_when_it_is_back)
{
    fault_proxy first{slapd::shared().port()};
    first.set(fault::silent);
    directory_rig rig{impatient(usual_settings({first.plain_uri(), slapd::shared().plain_uri()}))};
    BOOST_TEST(comes_back(rig));
    first.set(fault::none);
    BOOST_TEST(rig.logs(first.plain_uri() + " is up again"));
    BOOST_TEST(eventually([&] {
        static_cast<void>(rig.log_in("bert"));
        return first.captured().find(password_of("bert")) != std::string::npos;
    }));
}

// Their pauses end early.
BOOST_AUTO_TEST_CASE(when_no_server_is_up_any_more_those_that_are_down_are_tried_at_once)
{
    fault_proxy first{slapd::shared().port()};
    fault_proxy second{slapd::shared().port()};
    first.set(fault::reset);
    auto how = usual_settings({first.plain_uri(), second.plain_uri()});
    how.server.retry_first = how.server.retry_last = 1h;
    directory_rig rig{how};
    BOOST_TEST(is(rig.log_in("anna"), TOKEND_ACCEPT));
    BOOST_TEST(rig.logs(first.plain_uri() + " is down"));
    first.set(fault::none);
    second.set(fault::reset);
    BOOST_TEST(comes_back(rig));
    BOOST_TEST(first.captured().find(password_of("anna")) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(while_no_server_is_up_the_pause_before_the_next_try_does_not_grow)
{
    fault_proxy proxy{slapd::shared().port()};
    proxy.set(fault::reset);
    auto how = usual_settings({proxy.plain_uri()});
    how.server.retry_first = 20ms;
    how.server.retry_last = 1h;
    directory_rig rig{how};
    BOOST_TEST(eventually([&] { return proxy.connections() > 20; }));  // if the pause doubled, it would be hours by now
}

BOOST_AUTO_TEST_CASE(after_a_crash_and_a_restart_logins_work_again)
{
    auto& server = slapd::shared();
    directory_rig rig{usual_settings()};
    BOOST_TEST(is(rig.log_in("anna"), TOKEND_ACCEPT));
    server.kill();
    check_unavailable(rig.log_in("anna"));
    server.restart();
    BOOST_TEST(comes_back(rig));
    BOOST_TEST(rig.logs("is down: "));
    BOOST_TEST(rig.logs("is up again"));
}

BOOST_AUTO_TEST_CASE(the_directory_says_why_it_cannot_be_asked)
{
    auto const port = std::to_string(free_port());
    directory_rig rig{usual_settings({"ldap://127.0.0.1:" + port})};
    BOOST_TEST(rig.logs("ldap://127.0.0.1:" + port + " is down: connect: Connection refused"));
    BOOST_TEST(eventually([&] {
        return rig.trouble() ==
               "the directory cannot be asked: ldap://127.0.0.1:" + port + ": connect: Connection refused";
    }));
}

BOOST_AUTO_TEST_SUITE_END()
