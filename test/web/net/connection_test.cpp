#include "web/net/connection.hpp"

#include "web/parts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

// A buffer of a desk holds a whole number of them.
constexpr std::string_view request = "GET /healthz HTTP/1.1\r\nHost: a\r\nA: 1234567890123456789012345\r\n\r\n";
static_assert(request.size() == 64);

std::size_t count(std::string_view text, std::string_view wanted)
{
    std::size_t n = 0;
    for (auto at = text.find(wanted); at != text.npos; at = text.find(wanted, at + 1))
        ++n;
    return n;
}

// A descriptor that the poller reports when the test says so.
class descriptor
{
public:
    descriptor() = default;
    descriptor(descriptor const&) = delete;
    ~descriptor() { ::close(number_); }

    int native_handle() const noexcept { return number_; }
    void shutdown_send() noexcept {}
    void report() noexcept { ::eventfd_write(number_, 1); }

private:
    int const number_ = ::eventfd(0, 0);
};

// A client that has always sent more requests than there is room for, 1,000 times, and takes every response.
class flood : public descriptor
{
public:
    transfer read(std::span<char> to) noexcept
    {
        if (readings == 1000)
            return {.outcome = transfer::outcome::ended};
        ++readings;
        for (auto& c : to)
            c = request[sent_++ % request.size()];
        return {.outcome = transfer::outcome::done, .bytes = to.size()};
    }
    transfer write(std::string_view from) noexcept
    {
        return {.outcome = transfer::outcome::done, .bytes = from.size()};
    }

    int readings = 0;

private:
    std::size_t sent_ = 0;
};

// A stream that holds back what has arrived, as TLS does: a read gives at most `most` bytes, and says whether another
// one would find more. Before it reads, it may have to write.
class piecewise : public descriptor
{
public:
    transfer read(std::span<char> to)
    {
        ++readings;
        if (throws)
            throw std::runtime_error{"out of memory"};
        if (reads_blocked_on_room)
            return {.blocked_on = blocked_on::room};
        auto const n = std::min({arrived.size(), to.size(), most});
        if (n == 0)
            return {.drained = true};
        std::copy_n(arrived.begin(), n, to.begin());
        arrived.erase(0, n);
        return {.outcome = transfer::outcome::done, .bytes = n, .drained = arrived.empty()};
    }
    transfer write(std::string_view from)
    {
        if (writes_blocked_on_input)
            return {.blocked_on = blocked_on::input};
        auto const n = std::min({from.size(), most_written, room});
        if (n == 0)
            return {.blocked_on = blocked_on::room};
        room -= n;
        written += from.substr(0, n);
        return {.outcome = transfer::outcome::done, .bytes = n};
    }

    std::string arrived;
    std::string written;
    std::size_t most = 20;
    std::size_t most_written = 1'000'000;  // by one call
    std::size_t room = 1'000'000'000;      // of the peer
    int readings = 0;
    bool throws = false;
    bool reads_blocked_on_room = false;
    bool writes_blocked_on_input = false;
};

// The same with a handshake, whose outcome the test sets.
class shaking : public piecewise
{
public:
    transfer handshake()
    {
        ++attempts;
        return outcome;
    }

    transfer outcome{};
    int attempts = 0;
};

// A worker whose loop the test runs itself, and one connection.
template <class Stream>
struct connected
{
    explicit connected(http_options const& options = {}) : shared{{.level = log_level::error}, options} {}

    void serve()
    {
        home.emplace(shared.services, shared.config, 0);
        home->sockets().start([] {});
        from.emplace(client, *home, shared.public_front, test::somebody());
        auto serving = serve_whole();
        auto end = [this](std::exception_ptr e) {
            ended = true;
            thrown = e;
        };
        asio::co_spawn(home->loop(), std::move(serving), end);
        run();
    }
    // Serves without a handshake, on a loop that does not run yet.
    void begin()
    {
        auto serving = from->serve();
        auto end = [this](std::exception_ptr) { ended = true; };
        asio::co_spawn(home->loop(), std::move(serving), end);
    }
    task<void> serve_whole()
    {
        bool const ready = co_await from->shake_hands();
        if (ready)
            co_await from->serve();
    }
    void run()
    {
        home->loop().restart();
        home->loop().poll();
    }
    void report()
    {
        client.report();
        run();
    }
    ~connected()
    {
        if (!ended && from)
            from->abandon();
    }

    test::parts shared;
    Stream client;
    std::optional<worker> home;
    std::optional<connection<Stream>> from;
    bool ended = false;
    std::exception_ptr thrown;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(connection_)

BOOST_AUTO_TEST_CASE(a_client_that_sends_without_end_takes_turns_with_the_others)
{
    connected<flood> c;
    c.home.emplace(c.shared.services, c.shared.config, 0);
    c.from.emplace(c.client, *c.home, c.shared.public_front, test::somebody());
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
    c.home.emplace(c.shared.services, c.shared.config, 0);
    c.from.emplace(c.client, *c.home, c.shared.public_front, test::somebody());
    c.begin();
    c.home->drain();
    c.home->loop().poll();
    BOOST_TEST(c.client.readings == 1);
    BOOST_TEST(c.ended);
}

BOOST_AUTO_TEST_CASE(what_is_read_before_any_batch_has_the_time_of_its_reading)
{
    connected<flood> c;
    c.home.emplace(c.shared.services, c.shared.config, 0);
    c.from.emplace(c.client, *c.home, c.shared.public_front, test::somebody());
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
    connection<flood> const from{client, home, shared.public_front, test::somebody()};
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
        home.state().config = std::make_shared<setup const>(setup{options, authenticator{{}, {}, 0ms}});
        waiting.push_back(
            std::make_unique<connection<piecewise>>(clients[i], home, shared.public_front, test::somebody()));
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
    BOOST_TEST(c.client.attempts == 1);
    BOOST_TEST(c.client.readings == 0);
    c.report();
    BOOST_TEST(c.client.attempts == 2);
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
    while (!c.ended)  // the test's time limit ends it if this never comes
        c.home->loop().run_one();
    BOOST_TEST(c.client.written.empty());
}

BOOST_AUTO_TEST_CASE(a_draining_worker_ends_a_handshake)
{
    connected<shaking> c;
    c.serve();
    BOOST_TEST(!c.ended);
    c.home->drain();
    c.run();
    BOOST_TEST(c.ended);
}

BOOST_AUTO_TEST_SUITE_END()
