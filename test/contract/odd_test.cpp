// Well-formed messages that few clients send: all of them are accepted, and read as exactly what they are.
#include "contract/contract.hpp"
#include "contract/odd_messages.hpp"
#include "contract/shared_daemon.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::test;

namespace {

struct tolerant
{
    static daemon_options options() { return {demonstration(), {"--login.failure-time=0ms"}}; }
};

void check_taken(odd_message const& m)
{
    raw_client client{served<tolerant>::address()};
    client.send(m.bytes + std::string{get_health});
    for (auto const status : m.statuses)
    {
        auto const a = client.receive();
        BOOST_TEST(a.status == status);
        if (status >= 200)
            check_headers(a);
    }
    if (!m.stays_open)
        BOOST_TEST(!client.receive_or_end().has_value());
    else
        BOOST_TEST(client.receive().status == 200);
}

void check_all(std::vector<odd_message> const& messages)
{
    for (auto const& m : messages)
        BOOST_TEST_CONTEXT(m.name) check_taken(m);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(odd_, *boost::unit_test::fixture<served<tolerant>>())

BOOST_AUTO_TEST_CASE(odd_request_lines_are_taken) { check_all(odd_request_lines()); }

BOOST_AUTO_TEST_CASE(odd_headers_are_taken) { check_all(odd_headers()); }

BOOST_AUTO_TEST_CASE(odd_bodies_are_taken) { check_all(odd_bodies()); }

BOOST_AUTO_TEST_CASE(every_version_keeps_its_own_habits) { check_all(odd_versions()); }

BOOST_AUTO_TEST_CASE(a_connection_that_ends_is_told_so)
{
    BOOST_TEST(ask(served<tolerant>::address(), get("/healthz", "Connection: close\r\n")).header("Connection") ==
               "close");
    BOOST_TEST(ask(served<tolerant>::address(), "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                   .header("Connection") == "keep-alive");
}

BOOST_AUTO_TEST_CASE(sixteen_requests_in_a_row_are_answered_in_their_order)
{
    auto const token = issue_token(served<tolerant>::address());
    std::string row;
    for (int i = 0; i < 16; ++i)
        row += i % 4 == 3 ? post(issue_path, administrator, "X-Request-Id: n" + std::to_string(i) + "\r\n")
                          : post(validate_path, token_body(token), "X-Request-Id: n" + std::to_string(i) + "\r\n");
    raw_client client{served<tolerant>::address()};
    client.send(row);
    for (int i = 0; i < 16; ++i)
        BOOST_TEST_CONTEXT("request " << i)
        {
            auto const a = client.receive();
            auto const data = check_ok(a);
            BOOST_TEST(a.header("X-Request-Id") == "n" + std::to_string(i));
            BOOST_TEST(data.contains(i % 4 == 3 ? "token" : "active"));
        }
}

BOOST_AUTO_TEST_CASE(requests_may_come_byte_by_byte)
{
    raw_client client{served<tolerant>::address()};
    std::string const requests[] = {
        post(issue_path, administrator),
        request("POST", validate_path, bearer(unknown_token) + "Transfer-Encoding: chunked\r\n") +
            "1;a=b\r\n{\r\n1\r\n}\r\n0\r\nX: y\r\n\r\n",
        std::string{get_health}};
    for (auto const& r : requests)
    {
        for (auto const c : r)
            client.send({&c, 1});
        BOOST_TEST(client.receive().status == 200);
    }
}

BOOST_AUTO_TEST_CASE(a_client_that_has_finished_sending_gets_all_its_answers)
{
    raw_client client{served<tolerant>::address()};
    client.send(post(issue_path, administrator) + std::string{get_health} + post(issue_path, administrator));
    client.finish_sending();
    auto const answers = client.receive_until_closed();
    BOOST_TEST_REQUIRE(answers.size() == 3u);
    for (auto const& a : answers)
        BOOST_TEST(a.status == 200);
}

BOOST_AUTO_TEST_CASE(an_expectation_is_answered_after_the_checks_of_the_headers)
{
    for (auto const expectation : {"100-continue", "100-Continue"})
    {
        auto const headers = bearer(unknown_token) + "Content-Length: 2\r\nExpect: " + expectation + "\r\n";
        raw_client client{served<tolerant>::address()};
        client.send(request("POST", validate_path, headers));
        BOOST_TEST(client.receive().status == 100);
        client.send("{}");
        BOOST_TEST(client.receive().status == 200);
    }
    for (auto const& refused :
         {request("POST", "/nothing", "Content-Length: 2\r\nExpect: 100-continue\r\n"),
          request("PUT", issue_path, "Content-Length: 2\r\nExpect: 100-continue\r\n"),
          request("POST", issue_path, "Content-Type: text/plain\r\nContent-Length: 2\r\nExpect: 100-continue\r\n"),
          request("POST", issue_path, "Content-Length: 16385\r\nExpect: 100-continue\r\n")})
        BOOST_TEST_CONTEXT(refused) BOOST_TEST(ask(served<tolerant>::address(), refused).status >= 400);
}

BOOST_AUTO_TEST_SUITE_END()
