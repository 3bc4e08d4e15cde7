// Messages that must be refused, or must not be read as more than they are. No request after one of them is answered.
#include "contract/contract.hpp"
#include "contract/malformed_messages.hpp"
#include "contract/shared_daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace tokend::test;

namespace {

struct strict
{
    static daemon_options options()
    {
        return {demonstration(), {"--http.linger-timeout=200ms", "--login.failure-time=0ms"}};
    }
};

std::string_view code_of(int status)
{
    return status == 413 ? "PAYLOAD_TOO_LARGE" : status == 431 ? "HEADERS_TOO_LARGE" : "MALFORMED_REQUEST";
}

// One error answer; the request after it is not read.
void check_refused(malformed_message const& m)
{
    raw_client client{served<strict>::address()};
    client.send(m.bytes + std::string{get_health});
    auto const answers = client.receive_until_closed();
    BOOST_TEST_REQUIRE(answers.size() == 1u);
    auto const& a = answers[0];
    BOOST_TEST(std::count(m.statuses.begin(), m.statuses.end(), a.status) == 1, "status " << a.status);
    check_error(a, a.status, code_of(a.status));
    BOOST_TEST(a.header("Connection") == "close");
}

void check_all(std::vector<malformed_message> const& messages)
{
    for (auto const& m : messages)
        BOOST_TEST_CONTEXT(m.name) check_refused(m);
    BOOST_TEST(ask(served<strict>::address(), get_health).status == 200);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(malformed_, *boost::unit_test::fixture<served<strict>>())

BOOST_AUTO_TEST_CASE(request_lines_that_are_none_are_refused) { check_all(malformed_request_lines()); }

BOOST_AUTO_TEST_CASE(headers_that_are_none_are_refused) { check_all(malformed_headers()); }

BOOST_AUTO_TEST_CASE(framing_with_two_readings_is_refused) { check_all(malformed_framing()); }

BOOST_AUTO_TEST_CASE(what_is_too_large_is_refused) { check_all(oversize_messages()); }

// The client sends everything that it announced before it reads: it must receive the answer, not a reset.
BOOST_AUTO_TEST_CASE(a_client_that_is_still_sending_sees_the_answer)
{
    for (int i = 0; i < 20; ++i)
    {
        raw_client client{served<strict>::address()};
        client.send("POST /authentication/token HTTP/1.1\r\nHost: tokend\r\nContent-Length: 200000\r\n\r\n");
        for (int part = 0; part < 20; ++part)
            client.send(std::string(10'000, ' '));
        check_error(client.receive(), 413, "PAYLOAD_TOO_LARGE");
    }
}

BOOST_AUTO_TEST_CASE(a_message_that_is_cut_off_is_not_taken)
{
    std::string const whole = post(issue_path, administrator);
    for (std::size_t size = 1; size < whole.size(); ++size)
        BOOST_TEST_CONTEXT(size << " bytes")
        {
            raw_client client{served<strict>::address()};
            client.send(std::string_view{whole}.substr(0, size));
            client.finish_sending();
            for (auto const& a : client.receive_until_closed())
                check_error(a, 400, "MALFORMED_REQUEST");
        }
}

BOOST_AUTO_TEST_CASE(the_request_id_of_a_refused_message_comes_back_if_it_was_read)
{
    auto const refused =
        "POST /authentication/token HTTP/1.1\r\nHost: tokend\r\nX-Request-Id: mine\r\nContent-Length: 99999\r\n\r\n";
    BOOST_TEST(ask(served<strict>::address(), refused).header("X-Request-Id") == "mine");
}

// Errors in the request's meaning, not in its syntax: the connection stays open, and the next request is answered.
BOOST_AUTO_TEST_CASE(every_other_error_leaves_the_connection_open)
{
    std::string const chunks = "2\r\n{}\r\n0\r\n\r\n";
    std::string const requests[] = {
        get("/nothing"),
        post("/nothing", administrator),
        request("POST", "/nothing", "Transfer-Encoding: chunked\r\n") + chunks,
        get(issue_path),
        request("PUT", issue_path, "Content-Type: text/plain\r\n", administrator),
        request("OPTIONS", "*"),
        request("POST", issue_path, "Content-Type: text/plain\r\n", administrator),
        request("POST", issue_path, "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n") + chunks,
        post(issue_path, administrator, "Content-Encoding: gzip\r\n"),
        post(issue_path, "{"),
        post(issue_path, ""),
        post(issue_path, std::string(16384, '[')),
        post(issue_path, R"({"username":1})"),
        post(issue_path, "{}"),
        post(issue_path, R"({"username":"nobody","password":"x","organisation":"CRMDEMO"})"),
        post(issue_path, R"({"username":"mpadministrator","password":"1234","organisation":"CRMDEMO","unit":"none"})"),
        post(validate_path, "{}"),
        post(renew_path, token_body(unknown_token)),
        post(api_key_path, "{}"),
        get("/auth/verify"),
    };
    raw_client client{served<strict>::address()};
    for (auto const& r : requests)
        BOOST_TEST_CONTEXT(r)
        {
            client.send(r + std::string{get_health});
            BOOST_TEST(client.receive().status >= 400);
            BOOST_TEST(client.receive().status == 200);
        }
}

BOOST_AUTO_TEST_SUITE_END()
