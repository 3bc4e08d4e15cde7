#include "web/net/connection.hpp"

#include "web/net/streams.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;
using namespace tokend::test;

BOOST_AUTO_TEST_SUITE(connection_)

BOOST_AUTO_TEST_CASE(a_client_that_sends_without_end_takes_turns_with_the_others)
{
    connected<flood> c;
    c.connect();
    c.begin();
    int readings_before = 0;
    asio::post(c.home->loop(), [&] { readings_before = c.client.readings; });
    c.home->loop().poll();
    BOOST_TEST(readings_before == 1);
    BOOST_TEST(c.client.readings == 1000);
    BOOST_TEST(c.ended);
}

BOOST_AUTO_TEST_CASE(a_drained_worker_reads_nothing_more_of_it)
{
    connected<flood> c;
    c.connect();
    c.begin();
    c.home->drain();
    c.home->loop().poll();
    BOOST_TEST(c.client.readings == 1);
    BOOST_TEST(c.ended);
}

BOOST_AUTO_TEST_CASE(a_drained_worker_answers_a_request_that_has_arrived_and_was_not_reported_yet)
{
    connected<piecewise> waiting;
    waiting.client.most = request.size();
    waiting.client.arrived = request;
    waiting.serve();
    waiting.client.written.clear();
    waiting.client.arrived = request;
    waiting.home->drain();
    waiting.run();
    BOOST_TEST(waiting.client.written.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(waiting.client.written.find("\r\nConnection: close\r\n") != std::string::npos);
    BOOST_TEST(waiting.ended);

    connected<piecewise> late;
    late.client.most = request.size();
    late.client.arrived = request;
    late.connect();
    late.home->drain();
    late.run();
    late.begin();
    late.run();
    BOOST_TEST(late.client.written.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(late.ended);
}

BOOST_AUTO_TEST_CASE(a_front_that_is_gone_ends_its_connections_and_no_others_after_what_has_arrived)
{
    connected<piecewise> busy;
    busy.client.most = request.size();
    busy.client.arrived = request;
    busy.serve();
    busy.client.written.clear();
    busy.client.arrived = request;
    busy.home->drain(busy.shared.public_front);
    busy.run();
    BOOST_TEST(busy.client.written.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(busy.client.written.find("\r\nConnection: close\r\n") != std::string::npos);
    BOOST_TEST(busy.ended);

    connected<piecewise> idle;
    idle.client.most = request.size();
    idle.client.arrived = request;
    idle.serve();
    idle.home->drain(std::make_shared<front const>(*idle.shared.public_front));
    idle.run();
    BOOST_TEST(!idle.ended);
    idle.home->drain(idle.shared.public_front);
    idle.run();
    BOOST_TEST(idle.ended);
}

BOOST_AUTO_TEST_CASE(a_drained_worker_does_not_wait_for_another_request)
{
    connected<piecewise> c;
    c.client.most = request.size();
    c.client.arrived = request;
    c.serve();
    c.client.written.clear();
    c.home->drain();
    c.run();
    BOOST_TEST(c.client.written.empty());
    BOOST_TEST(c.ended);
}

BOOST_AUTO_TEST_CASE(a_drained_worker_waits_for_the_first_request_of_a_new_connection)
{
    connected<piecewise> c;
    c.client.most = request.size();
    c.serve();
    c.home->drain();
    c.run();
    BOOST_TEST(!c.ended);
    c.client.arrived = request;
    c.report();
    BOOST_TEST(c.client.written.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(c.client.written.find("\r\nConnection: close\r\n") != std::string::npos);
    BOOST_TEST(c.ended);
}

BOOST_AUTO_TEST_CASE(a_connection_is_new_for_a_moment_only)
{
    http_options options;
    options.header_timeout = 10ms;
    connected<piecewise> c{options};
    c.serve();
    c.home->drain();
    c.run_to_the_end();
    BOOST_TEST(c.client.written.empty());
}

BOOST_AUTO_TEST_CASE(what_is_read_before_any_batch_has_the_time_of_its_reading)
{
    connected<flood> c;
    c.connect();
    auto const later = c.shared.clock.now() + 1h;
    c.shared.clock.not_before(later);
    BOOST_TEST_REQUIRE((c.home->state().now() < later));
    c.begin();
    asio::post(c.home->loop(), [&] { BOOST_TEST((c.home->state().now() >= later)); });
    c.home->loop().poll();
}

// Nothing happens on the worker for an hour, and then a client comes.
BOOST_AUTO_TEST_CASE(a_new_connection_finds_the_time_of_its_beginning)
{
    test::parts shared{{.level = log_level::error}};
    worker home{shared.services, shared.config, 0};
    auto const later = shared.clock.now() + 1h;
    shared.clock.not_before(later);
    flood client;
    connection<flood> const from{client, home, *shared.public_front, test::somebody()};
    BOOST_TEST((home.state().now() >= later));
}

// The deadlines of an earlier and of a later wait, in either order.
BOOST_AUTO_TEST_CASE(a_wait_ends_at_its_deadline_whatever_others_wait_for)
{
    test::parts shared{{.level = log_level::error}};
    worker home{shared.services, shared.config, 0};
    std::array<piecewise, 3> clients;
    std::array<std::chrono::milliseconds, 3> const times{1h, 20ms, 400ms};
    std::vector<std::unique_ptr<connection<piecewise>>> waiting;
    std::vector<std::size_t> ended;
    auto const start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < clients.size(); ++i)
    {
        http_options options;
        options.idle_timeout = times[i];
        home.state().config = std::make_shared<setup const>(setup{options, asks({})});
        waiting.push_back(
            std::make_unique<connection<piecewise>>(clients[i], home, *shared.public_front, test::somebody()));
        auto serving = waiting.back()->serve();
        auto note = [&, i](std::exception_ptr) {
            BOOST_TEST((std::chrono::steady_clock::now() >= start + times[i]));
            BOOST_TEST(clients[i].written.empty());
            ended.push_back(i);
        };
        asio::co_spawn(home.loop(), std::move(serving), note);
    }
    while (ended.size() < 2)  // the test's time limit ends it if this never comes
        home.loop().run_one();
    BOOST_TEST(ended == (std::vector<std::size_t>{1, 2}), boost::test_tools::per_element());
    for (auto& w : waiting)
        w->abandon();
}

BOOST_AUTO_TEST_CASE(an_exception_over_what_came_in_ends_the_connection_and_not_the_loop)
{
    connected<piecewise> c;
    c.serve();
    BOOST_TEST(!c.ended);
    c.client.throws = true;
    BOOST_CHECK_NO_THROW(c.report());
    BOOST_TEST_REQUIRE(c.ended);
    BOOST_CHECK_THROW(std::rethrow_exception(c.thrown), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
