// Clients that are slow to send, to read or to close.
#include "contract/contract.hpp"
#include "support/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <string>
#include <vector>

using namespace tokend::test;

namespace {

daemon_options with(std::vector<std::string> arguments) { return {demonstration(), std::move(arguments)}; }

// Sends without reading until the peer closes the connection. Returns false if it does not.
bool is_dropped_for_not_reading(raw_client const& client)
{
    std::string const row = [] {
        std::string text;
        for (int i = 0; i < 100; ++i)
            text += get_health;
        return text;
    }();
    auto const until = within(std::chrono::seconds{15});
    while (std::chrono::steady_clock::now() < until)
    {
        ::pollfd watched{client.socket(), POLLOUT, 0};
        ::poll(&watched, 1, 100);
        if (watched.revents & (POLLERR | POLLHUP))
            return true;
        if (watched.revents & POLLOUT)
            static_cast<void>(::send(client.socket(), row.data(), row.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
    }
    return false;
}

bool is_alive(std::string const& address)
{
    raw_client client{address};
    client.send(get_health);
    auto const a = client.receive_or_end();
    return a && a->status == 200;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timeouts_)

BOOST_AUTO_TEST_CASE(slow_headers_are_answered_408)
{
    daemon_process const tokend{with({"--http.header-timeout=300ms", "--http.linger-timeout=100ms"})};
    for (auto const start : {"G", "GET /healthz HTTP/1.1\r\n", "GET /healthz HTTP/1.1\r\nHost: tokend\r\nX: y"})
        BOOST_TEST_CONTEXT(start)
        {
            raw_client client{tokend.address()};
            client.send(start);
            auto const answers = client.receive_until_closed();
            BOOST_TEST_REQUIRE(answers.size() == 1u);
            check_error(answers[0], 408, "REQUEST_TIMEOUT");
        }
    BOOST_TEST(is_alive(tokend.address()));
}

BOOST_AUTO_TEST_CASE(slow_bodies_are_answered_408)
{
    daemon_process const tokend{with({"--http.body-timeout=300ms", "--http.linger-timeout=100ms"})};
    for (auto const& start :
         {request("POST", validate_path, "Content-Length: 10\r\n"),
          request("POST", validate_path, "Content-Length: 10\r\n") + "{",
          request("POST", validate_path, "Transfer-Encoding: chunked\r\n"),
          request("POST", validate_path, "Transfer-Encoding: chunked\r\n") + "2\r\n{}\r\n",
          request("POST", validate_path, "Transfer-Encoding: chunked\r\n") + "2\r\n{}\r\n0\r\nX: y\r\n"})
        BOOST_TEST_CONTEXT(start)
        {
            raw_client client{tokend.address()};
            client.send(start);
            auto const answers = client.receive_until_closed();
            BOOST_TEST_REQUIRE(answers.size() == 1u);
            check_error(answers[0], 408, "REQUEST_TIMEOUT");
        }
    BOOST_TEST(is_alive(tokend.address()));
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_unanswered)
{
    daemon_process const tokend{
        with({"--http.idle-timeout=2s"})};  // long enough for `once` to be sent on a busy machine
    raw_client silent{tokend.address()};
    raw_client once{tokend.address()};
    once.send(get_health);
    BOOST_TEST(once.receive().status == 200);
    BOOST_TEST(once.receive_bytes_until_closed() == "");
    BOOST_TEST(silent.receive_bytes_until_closed() == "");
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_take_its_answers_is_dropped)
{
    daemon_process const tokend{
        with({"--http.write-timeout=300ms", "--http.header-timeout=1m", "--http.idle-timeout=1m"})};
    raw_client const deaf{tokend.address()};
    BOOST_TEST(is_dropped_for_not_reading(deaf));
    BOOST_TEST(is_alive(tokend.address()));
}

BOOST_AUTO_TEST_SUITE_END()
