// The Date header of an answer for which the client waited until the next second.
#include "contract/contract.hpp"
#include "support/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend::test;

BOOST_AUTO_TEST_SUITE(date_)

BOOST_AUTO_TEST_CASE(an_answer_that_is_found_in_another_second_has_a_whole_date)
{
    daemon_process tokend{
        {.configuration = demonstration(), .arguments = {"--server.workers=1", "--login.failure-time=1500ms"}}};
    raw_client waiting{tokend.address()};
    waiting.send(post(issue_path, R"({"username":"nobody","password":"p","organisation":"CRMDEMO"})"));
    auto const first = ask(tokend.address(), "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").header("Date");
    while (!waiting.has_answer())
        ask(tokend.address(), "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    auto const date = waiting.receive().header("Date");
    BOOST_TEST(date.size() == 29U);
    BOOST_TEST(date.ends_with(" GMT"));
    BOOST_TEST(date != first);
}

// This worker receives nothing else in the meantime.
BOOST_AUTO_TEST_CASE(an_answer_that_had_to_wait_has_the_date_of_its_end)
{
    daemon_process tokend{
        {.configuration = demonstration(), .arguments = {"--server.workers=1", "--login.failure-time=1500ms"}}};
    auto const first = ask(tokend.address(), "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").header("Date");
    auto const waited =
        ask(tokend.address(), post(issue_path, R"({"username":"nobody","password":"p","organisation":"CRMDEMO"})"));
    BOOST_TEST(waited.status == 401);
    BOOST_TEST(waited.header("Date") != first);
}

BOOST_AUTO_TEST_SUITE_END()
