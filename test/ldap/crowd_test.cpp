// Many logins at once share a few connections, in order. The number that wait is bounded.
#include "ldap/directory_rig.hpp"
#include "ldap/fault_proxy.hpp"
#include "ldap/findings.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <future>
#include <string>
#include <vector>

using namespace tokend::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(crowd_)

BOOST_AUTO_TEST_CASE(many_logins_share_few_connections)
{
    fault_proxy proxy{slapd::shared().port()};
    auto how = usual_settings({proxy.plain_uri()});
    how.server.bind_connections = 3;
    how.server.operation_timeout = patience * 10s;
    directory_rig rig{how};
    std::vector<std::future<ldap_plugin::finding>> logins;
    for (int i = 0; i < 200; ++i)
        logins.push_back(rig.begin("load" + std::to_string(i % 50), password_of("load" + std::to_string(i % 50)), 30s));
    for (auto& login : logins)
        BOOST_TEST(is(login.get(), TOKEND_ACCEPT));
    BOOST_TEST(proxy.connections() <= 4U);  // one is for searches
    BOOST_TEST(rig.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(who_has_waited_longest_is_bound_first)
{
    fault_proxy proxy{slapd::shared().port()};
    auto how = by_template({proxy.plain_uri()});
    how.server.bind_connections = 1;
    how.server.operation_timeout = patience * 10s;
    directory_rig rig{how};
    std::vector<std::future<ldap_plugin::finding>> logins;
    for (int i = 0; i < 50; ++i)
        logins.push_back(rig.begin("load" + std::to_string(i), "wrong", 30s));
    for (auto& login : logins)
        BOOST_TEST(is(login.get(), TOKEND_BAD_SECRET));
    auto const said = proxy.captured();
    std::size_t before = 0;
    for (int i = 0; i < 50; ++i)
    {
        auto const at = said.find("uid=load" + std::to_string(i) + ',');
        BOOST_TEST((at != said.npos && at > before), i);
        before = at;
    }
}

// While the server is stopped, the number of logins that wait is bounded, and each is answered by its deadline. They
// wait for a bind, or for the search before it.
BOOST_AUTO_TEST_CASE(five_hundred_logins_at_a_server_that_stands_still_are_all_answered)
{
    for (bool const is_template : {false, true})
    {
        auto how = is_template ? by_template() : usual_settings();
        how.server.operation_timeout = patience * 2s;
        how.server.max_waiting = 100;
        directory_rig rig{how};
        BOOST_TEST(is(rig.log_in("anna"), TOKEND_ACCEPT));
        slapd::shared().signal(SIGSTOP);
        std::vector<std::future<ldap_plugin::finding>> logins;
        for (int i = 0; i < 500; ++i)
            logins.push_back(rig.begin("anna", password_of("anna"), 1s));
        BOOST_TEST(rig.waiting() <= how.server.max_waiting);
        std::size_t turned_away = 0;
        for (auto& login : logins)
        {
            auto const got = login.get();
            check_unavailable(got);
            turned_away += got.reason.find("is full") != std::string::npos;
        }
        BOOST_TEST(turned_away >= 500 - 100 - (is_template ? how.server.bind_connections : how.server.max_searches));
        BOOST_TEST(rig.waiting() == 0U);
        slapd::shared().signal(SIGCONT);
        BOOST_TEST(comes_back(rig));
    }
}

BOOST_AUTO_TEST_SUITE_END()
