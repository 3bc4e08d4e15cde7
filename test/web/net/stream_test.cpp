// What a connection does with streams that give and take bytes as TLS does.
#include "support/count.hpp"
#include "web/net/streams.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

using namespace tokend;
using namespace std::chrono_literals;
using namespace tokend::test;

BOOST_AUTO_TEST_SUITE(stream_)

// One event, and then no other: whoever takes the first piece for all there is waits until the deadline.
BOOST_AUTO_TEST_CASE(a_stream_that_gives_its_bytes_in_pieces_is_read_until_it_is_drained)
{
    connected<piecewise> c;
    c.serve();
    for (std::size_t requests : {1U, 3U, 10U})
    {
        c.client.written.clear();
        for (std::size_t i = 0; i < requests; ++i)
            c.client.arrived += request;
        c.report();
        BOOST_TEST(c.client.arrived.empty());
        BOOST_TEST(count(c.client.written, "HTTP/1.1 200 OK") == requests);
    }
    BOOST_TEST(!c.ended);
}

BOOST_AUTO_TEST_CASE(a_drained_stream_is_not_read_again_before_the_next_event)
{
    connected<piecewise> c;
    c.serve();
    c.client.most = 1000;
    auto const before = c.client.readings;
    c.client.arrived = request;
    c.report();
    BOOST_TEST(c.client.readings == before + 1);
}

BOOST_AUTO_TEST_CASE(a_read_that_has_to_write_first_goes_on_when_there_is_room)
{
    connected<piecewise> c;
    c.client.reads_blocked_on_room = true;
    c.client.arrived = request;
    c.serve();
    BOOST_TEST(c.client.written.empty());
    c.client.reads_blocked_on_room = false;
    c.report();
    BOOST_TEST(count(c.client.written, "HTTP/1.1 200 OK") == 1U);
}

BOOST_AUTO_TEST_CASE(a_write_that_has_to_read_first_goes_on_when_there_is_input)
{
    connected<piecewise> c;
    c.serve();
    c.client.arrived = request;
    c.client.writes_blocked_on_input = true;
    c.report();
    BOOST_TEST(c.client.written.empty());
    c.client.writes_blocked_on_input = false;
    c.report();
    BOOST_TEST(count(c.client.written, "HTTP/1.1 200 OK") == 1U);
    BOOST_TEST(!c.ended);
}

// As TLS does with its records. No event comes in between.
BOOST_AUTO_TEST_CASE(a_stream_that_takes_its_bytes_in_pieces_gets_them_all)
{
    connected<piecewise> c;
    c.client.most_written = 100;
    c.client.arrived = std::string{request} + std::string{request};
    c.serve();
    BOOST_TEST(count(c.client.written, "{\"ready\":true}") == 2U);
}

BOOST_AUTO_TEST_CASE(the_rest_of_the_output_goes_out_when_there_is_room_again)
{
    connected<piecewise> c;
    c.serve();
    c.client.room = 50;
    c.client.arrived = request;
    c.report();
    BOOST_TEST(c.client.written.size() == 50U);
    c.client.room = 1'000'000;
    c.report();
    BOOST_TEST(count(c.client.written, "{\"ready\":true}") == 1U);
    BOOST_TEST(!c.ended);
}

BOOST_AUTO_TEST_CASE(a_handshake_comes_before_the_first_request)
{
    connected<shaking> c;
    c.client.arrived = request;
    c.serve();
    BOOST_TEST(c.client.attempts == 0);
    c.report();
    BOOST_TEST(c.client.attempts == 1);
    BOOST_TEST(c.client.readings == 0);
    c.client.outcome.outcome = transfer::outcome::done;
    c.report();
    BOOST_TEST(count(c.client.written, "HTTP/1.1 200 OK") == 1U);
}

BOOST_AUTO_TEST_CASE(a_handshake_that_fails_ends_the_connection_without_a_word)
{
    connected<shaking> c;
    c.client.arrived = request;
    c.serve();
    c.client.outcome.outcome = transfer::outcome::ended;
    c.report();
    BOOST_TEST(c.ended);
    BOOST_TEST(c.client.written.empty());
}

BOOST_AUTO_TEST_CASE(a_handshake_has_a_deadline)
{
    http_options options;
    options.header_timeout = 10ms;
    connected<shaking> c{options};
    c.serve();
    c.run_to_the_end();
    BOOST_TEST(c.client.written.empty());
}

BOOST_AUTO_TEST_CASE(a_draining_worker_lets_a_new_connection_complete_its_handshake_and_its_first_request)
{
    connected<shaking> c;
    c.serve();
    c.home->drain();
    c.run();
    BOOST_TEST(!c.ended);
    c.client.outcome.outcome = transfer::outcome::done;
    c.client.most = request.size();
    c.client.arrived = request;
    c.report();
    BOOST_TEST(c.client.written.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(c.ended);
}

BOOST_AUTO_TEST_CASE(a_draining_worker_ends_a_handshake_that_takes_longer)
{
    http_options options;
    options.header_timeout = 10ms;
    connected<shaking> c{options};
    c.serve();
    c.home->drain();
    c.run_to_the_end();
    BOOST_TEST(c.client.written.empty());
}

BOOST_AUTO_TEST_SUITE_END()
