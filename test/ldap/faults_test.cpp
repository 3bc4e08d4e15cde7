// Faults of networks and servers: each is an outage, which ends soon after the fault.
#include "ldap/directory_rig.hpp"
#include "ldap/fault_proxy.hpp"
#include "ldap/findings.hpp"
#include "ldap/task_group.hpp"
#include "support/count.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <csignal>
#include <filesystem>

using namespace tokend::test;
using namespace std::chrono_literals;

namespace {

ldap_plugin::settings tls_through(fault_proxy const& proxy)
{
    auto how = usual_settings({proxy.tls_uri()});
    how.server.server_name = "localhost";
    return how;
}

// Returns this process' own sockets that are connected to the port.
std::vector<int> sockets_to(std::uint16_t port)
{
    std::vector<int> found;
    for (auto const& file : std::filesystem::directory_iterator{"/proc/self/fd"})
    {
        int const s = std::stoi(file.path().filename());
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(s, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_family == AF_INET &&
            peer.sin_port == htons(port))
            found.push_back(s);
    }
    return found;
}

int option_of(int socket, int level, int name)
{
    int value = 0;
    socklen_t size = sizeof value;
    ::getsockopt(socket, level, name, &value, &size);
    return value;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(faults_)

// Each fault from the first connection on, in plain LDAP and inside the TLS handshake: logins are unavailable, and
// succeed once the fault is over.
BOOST_AUTO_TEST_CASE(a_fault_from_the_beginning_is_an_outage_and_passes)
{
    struct
    {
        fault what;
        std::string_view plain;
        std::string_view encrypted;
    } const cases[]{{fault::silent, "in time", "no connection within"},
                    {fault::freeze, "", "no connection within"},
                    {fault::reset, "", "TLS handshake"},
                    {fault::garbage, "something other than LDAP", "TLS handshake"},
                    {fault::truncated, "the server closed the connection", "TLS handshake"},
                    {fault::huge, "a message of 1073741824 bytes", "TLS handshake"},
                    {fault::half_message, "in time", "no connection within"}};
    for (bool const is_tls : {false, true})
        for (auto const& one : cases)
        {
            BOOST_TEST_CONTEXT("fault " << static_cast<int>(one.what) << (is_tls ? " in TLS" : " in plain"))
            {
                if (one.what == fault::freeze && !is_tls)
                    continue;  // 500 bytes are enough for a login
                auto& server = slapd::shared();
                fault_proxy proxy{is_tls ? server.tls_port() : server.port()};
                proxy.set(one.what);
                directory_rig rig{impatient(is_tls ? tls_through(proxy) : usual_settings({proxy.plain_uri()}))};
                check_unavailable(rig.log_in("anna"), is_tls ? one.encrypted : one.plain);
                proxy.set(fault::none);
                BOOST_TEST(comes_back(rig));
            }
        }
}

// The same on connections that were good before; they must be given up.
BOOST_AUTO_TEST_CASE(a_fault_on_connections_that_were_good_is_an_outage_and_passes)
{
    for (auto const what :
         {fault::silent, fault::reset, fault::garbage, fault::truncated, fault::huge, fault::half_message})
    {
        BOOST_TEST_CONTEXT("fault " << static_cast<int>(what))
        {
            fault_proxy proxy{slapd::shared().port()};
            directory_rig rig{impatient(usual_settings({proxy.plain_uri()}))};
            BOOST_TEST(comes_back(rig));
            proxy.set(what);
            check_unavailable(rig.log_in("anna"));
            proxy.set(fault::none);
            BOOST_TEST(comes_back(rig));
        }
    }
}

// A server, or an attacker between it and the plugin, mixes up the answers.
BOOST_AUTO_TEST_CASE(an_answer_of_another_kind_or_to_another_question_ends_the_connection)
{
    for (auto const what : {fault::wrong_kind, fault::wrong_id})
        for (auto const& usual : {usual_settings(), by_template()})
        {
            fault_proxy proxy{slapd::shared().port()};
            auto how = usual;
            how.server.endpoints = usual_settings({proxy.plain_uri()}).server.endpoints;
            directory_rig rig{how};
            BOOST_TEST(is(rig.log_in("anna"), TOKEND_ACCEPT));
            proxy.set(what);
            check_unavailable(rig.log_in("anna"), what == fault::wrong_kind
                                                      ? "the server answered with a message of another kind"
                                                      : "the server answered a question that was not asked");
            proxy.set(fault::none);
            BOOST_TEST(comes_back(rig));
        }
}

BOOST_AUTO_TEST_CASE(a_trickle_is_slow_and_nothing_worse)
{
    for (bool const is_tls : {false, true})
    {
        auto& server = slapd::shared();
        fault_proxy proxy{is_tls ? server.tls_port() : server.port()};
        proxy.set(fault::trickle);
        auto how = is_tls ? tls_through(proxy) : usual_settings({proxy.plain_uri()});
        how.server.connect_timeout = how.server.operation_timeout = 15s * patience;
        directory_rig rig{how};
        auto const got = rig.begin("anna", password_of("anna"), 60s).get();
        BOOST_TEST(is(got, TOKEND_ACCEPT), got.reason);
    }
}

BOOST_AUTO_TEST_CASE(a_syn_that_nobody_answers_is_given_up)
{
    deaf_port const deaf;
    directory_rig rig{impatient(usual_settings({"ldap://127.0.0.1:" + std::to_string(deaf.port())}))};
    check_unavailable(rig.log_in("anna"), "no connection within");
}

// A name has several addresses, and the first does not answer.
BOOST_AUTO_TEST_CASE(a_dead_address_leaves_time_for_the_others)
{
    deaf_port const deaf;
    auto const how = usual_settings().server;
    directory_rig rig{usual_settings()};
    auto const address = [](std::uint16_t port) {
        return asio::ip::tcp::endpoint{asio::ip::address_v4::loopback(), port};
    };
    auto connect = [&]() -> ldap_plugin::task<bool> {
        auto tls = ldap_plugin::make_tls(how.ca_file);
        ldap_plugin::addresses const at{address(deaf.port()), address(deaf.port()), address(slapd::shared().port())};
        auto const made = co_await ldap_plugin::connection::open(how.endpoints[0], at, how, tls);
        auto const is_good = made->usable();
        made->close("seen");
        co_return is_good;
    };
    BOOST_TEST(asio::co_spawn(rig.get_executor(), connect(), asio::use_future).get());
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_gone_is_noticed_by_tcp_too)
{
    fault_proxy proxy{slapd::shared().port()};
    auto how = usual_settings({proxy.plain_uri()});
    how.server.keepalive = 61s;
    how.server.user_timeout = 11s;
    directory_rig rig{how};
    BOOST_TEST(is(rig.log_in("anna"), TOKEND_ACCEPT));
    auto const sockets = sockets_to(proxy.port());
    BOOST_TEST(sockets.size() == 2U);
    for (int const s : sockets)
    {
        BOOST_TEST(option_of(s, SOL_SOCKET, SO_KEEPALIVE) == 1);
        BOOST_TEST(option_of(s, IPPROTO_TCP, TCP_KEEPIDLE) == 61);
        BOOST_TEST(option_of(s, IPPROTO_TCP, TCP_KEEPINTVL) == 3);
        BOOST_TEST(option_of(s, IPPROTO_TCP, TCP_KEEPCNT) == 3);
        BOOST_TEST(option_of(s, IPPROTO_TCP, TCP_USER_TIMEOUT) == 11'000);
    }
}

BOOST_AUTO_TEST_CASE(a_name_without_an_address_is_an_outage)
{
    directory_rig rig{usual_settings({"ldap://localhost:" + std::to_string(free_port())})};
    check_unavailable(rig.log_in("anna"), "connect: Connection refused");
    auto how = usual_settings();
    how.server.endpoints = {ldap_plugin::parse_uri("ldaps://no-such-host.invalid", ldap_plugin::start_tls::off,
                                                   ldap_plugin::plain_ldap::on_loopback)};
    directory_rig lost{how};
    check_unavailable(lost.log_in("anna"), "the host's address cannot be found");
}

// A server or a firewall closes idle connections: the next login must not fail.
BOOST_AUTO_TEST_CASE(connections_that_were_closed_while_idle_are_replaced_unnoticed)
{
    fault_proxy proxy{slapd::shared().port()};
    auto how = usual_settings({proxy.plain_uri()});
    how.server.probe_interval = 1h;
    directory_rig rig{how};
    for (int i = 0; i < 5; ++i)
    {
        BOOST_TEST(is(rig.log_in("anna"), TOKEND_ACCEPT));
        proxy.close_all();
    }
}

// This takes no login, and the reported state is correct.
BOOST_AUTO_TEST_CASE(a_service_connection_that_the_server_closes_is_replaced_at_once)
{
    fault_proxy proxy{slapd::shared().port()};
    auto how = usual_settings({proxy.plain_uri()});
    how.server.probe_interval = 1h;
    how.server.retry_first = 1ms;
    directory_rig rig{how};
    BOOST_TEST(eventually([&] { return rig.trouble().empty(); }));
    proxy.close_all();
    BOOST_TEST(eventually([&] { return proxy.connections() == 2; }));
    BOOST_TEST(eventually([&] { return rig.trouble().empty(); }));
}

BOOST_AUTO_TEST_CASE(a_wish_to_probe_that_comes_during_a_probe_is_not_lost)
{
    fault_proxy proxy{slapd::shared().port()};
    auto how = usual_settings({proxy.plain_uri()});
    how.server.probe_interval = 1h;
    directory_rig rig{how};
    BOOST_TEST(eventually([&] { return rig.trouble().empty(); }));
    auto const probes = [&] { return count(proxy.captured(), "objectClass"); };
    auto const look_again = [&] { asio::post(rig.get_executor(), [&] { rig.directory().searches().look_again(); }); };
    proxy.set(fault::slow);
    look_again();
    BOOST_TEST(eventually([&] { return probes() == 1; }));
    look_again();  // the answer to the first is half a second late
    BOOST_TEST(eventually([&] { return probes() == 2; }));
}

BOOST_AUTO_TEST_CASE(a_server_that_stands_still_for_a_while_is_used_again)
{
    directory_rig rig{impatient(usual_settings())};
    BOOST_TEST(comes_back(rig));
    slapd::shared().signal(SIGSTOP);
    check_unavailable(rig.log_in("anna"));
    slapd::shared().signal(SIGCONT);
    BOOST_TEST(comes_back(rig));
}

// A login that is given up leaves nothing behind, and the server is told to abandon its search.
BOOST_AUTO_TEST_CASE(a_search_that_is_late_is_abandoned)
{
    fault_proxy proxy{slapd::shared().port()};
    auto how = usual_settings({proxy.plain_uri()});
    how.server.operation_timeout = patience * 200ms;
    directory_rig rig{how};
    BOOST_TEST(comes_back(rig));
    proxy.set(fault::slow);
    check_unavailable(rig.log_in("anna"), "no answer in time");
    BOOST_TEST(eventually([] { return slapd::shared().log().find(" ABANDON msg=") != std::string::npos; }));
}

// The plugin cancels a login when the host no longer waits for it.
BOOST_AUTO_TEST_CASE(a_login_that_is_cancelled_ends_at_once_and_leaves_nothing_waiting)
{
    fault_proxy proxy{slapd::shared().port()};
    auto how = usual_settings({proxy.plain_uri()});
    how.server.operation_timeout = 1h;
    how.server.probe_interval = 1h;
    directory_rig rig{how};
    BOOST_TEST(is(rig.log_in("anna"), TOKEND_ACCEPT));
    proxy.set(fault::silent);
    ldap_plugin::task_group questions{rig.get_executor()};
    auto ask = [](ldap_plugin::directory& d) -> ldap_plugin::task<void> {
        static_cast<void>(co_await d.log_in("bert", ldap_plugin::make_secret("x"), ldap_plugin::now() + 1h));
    };
    asio::post(rig.get_executor(), [&] { questions.spawn(1, ask(rig.directory())); });
    BOOST_TEST(eventually([&] { return proxy.captured().find("bert") != std::string::npos; }));
    asio::post(rig.get_executor(), [&] { questions.cancel(1); });
    BOOST_TEST(eventually([&] {
        std::promise<std::size_t> count;
        asio::post(rig.get_executor(), [&] { count.set_value(questions.size()); });
        return count.get_future().get() == 0;
    }));
    proxy.set(fault::none);
    BOOST_TEST(is(rig.log_in("anna"), TOKEND_ACCEPT));
}

BOOST_AUTO_TEST_CASE(connections_are_closed_when_they_are_idle_and_replaced_when_they_are_old)
{
    fault_proxy proxy{slapd::shared().port()};
    auto how = usual_settings({proxy.plain_uri()});
    how.server.idle_timeout = 100ms;
    directory_rig rig{how};
    BOOST_TEST(is(rig.log_in("anna"), TOKEND_ACCEPT));
    BOOST_TEST(proxy.connections() == 2U);
    BOOST_TEST(eventually([&] { return proxy.open_connections() == 1; }));  // the one for searches

    how.server.max_age = 100ms;
    fault_proxy other{slapd::shared().port()};
    how.server.endpoints = usual_settings({other.plain_uri()}).server.endpoints;
    directory_rig ageing{how};
    BOOST_TEST(eventually([&] { return is(ageing.log_in("anna"), TOKEND_ACCEPT) && other.connections() > 6; }));
    BOOST_TEST(eventually([&] { return other.open_connections() <= 2; }));
}

BOOST_AUTO_TEST_SUITE_END()
