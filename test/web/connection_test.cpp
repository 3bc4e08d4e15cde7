#include "web/net/connection.hpp"

#include "web/parts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

using namespace tokend;

namespace {

// A client that has always sent more than there is room for, 1,000 times, and takes every answer.
class flood
{
public:
    flood() = default;
    flood(flood const&) = delete;
    ~flood() { ::close(descriptor_); }

    int native_handle() const noexcept { return descriptor_; }
    transfer read(std::span<char> to) noexcept
    {
        if (readings == 1000)
            return {transfer::outcome::ended, 0};
        ++readings;
        std::memset(to.data(), 'x', to.size());
        return {transfer::outcome::done, to.size()};
    }
    transfer write(std::string_view from) noexcept { return {transfer::outcome::done, from.size()}; }
    void shutdown_send() noexcept {}

    int readings = 0;

private:
    int const descriptor_ = ::eventfd(0, 0);
};

// A client of whom it is told that he has sent something.
class told
{
public:
    told() = default;
    told(told const&) = delete;
    ~told() { ::close(descriptor_); }

    int native_handle() const noexcept { return descriptor_; }
    transfer read(std::span<char>) noexcept { return {}; }
    transfer write(std::string_view from) noexcept { return {transfer::outcome::done, from.size()}; }
    void shutdown_send() noexcept {}
    void send() noexcept { ::eventfd_write(descriptor_, 1); }

private:
    int const descriptor_ = ::eventfd(0, 0);
};

// What comes in is too much for it.
class troubled final : public connection<told>
{
public:
    using connection::connection;

private:
    std::optional<filled> take_ready() override { throw std::runtime_error{"out of memory"}; }
};

// A worker whose loop the test runs itself, and the connection of such a client.
struct flooded
{
    test::parts shared{{.level = log_level::error}};
    worker home{shared.services, shared.config, 0};
    flood client;
    connection<flood> from{client, home, shared.config->http};
    connection<flood>::filled last{};

    // Takes all that comes, as a session does.
    task<void> take(connection<flood>::wait_for what)
    {
        do
        {
            last = co_await from.fill(what, std::chrono::steady_clock::time_point::max());
            auto& in = from.on_desk().in;
            in.consume(in.data().size());
        } while (last == connection<flood>::filled::data);
    }
    void begin_to_take(connection<flood>::wait_for what)
    {
        auto taking = take(what);
        asio::co_spawn(home.loop(), std::move(taking), asio::detached);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(connection_)

BOOST_AUTO_TEST_CASE(a_client_that_sends_without_end_takes_turns_with_the_others)
{
    flooded f;
    f.begin_to_take(connection<flood>::wait_for::headers);
    int readings_before = 0;
    asio::post(f.home.loop(), [&] { readings_before = f.client.readings; });
    f.home.loop().poll();
    BOOST_TEST(readings_before == 1);
    BOOST_TEST((f.last == connection<flood>::filled::end));
}

BOOST_AUTO_TEST_CASE(a_drained_worker_reads_nothing_more_of_it)
{
    flooded f;
    f.begin_to_take(connection<flood>::wait_for::request);
    f.home.drain();
    f.home.loop().poll();
    BOOST_TEST(f.client.readings == 1);
    BOOST_TEST((f.last == connection<flood>::filled::timeout));
}

BOOST_AUTO_TEST_CASE(what_is_read_before_any_batch_has_the_time_of_its_reading)
{
    flooded f;
    auto const later = f.shared.clock.now() + std::chrono::hours{1};
    f.shared.clock.not_before(later);
    BOOST_TEST_REQUIRE((f.home.now() < later));
    f.begin_to_take(connection<flood>::wait_for::request);
    asio::post(f.home.loop(), [&] { BOOST_TEST((f.home.now() >= later)); });
    f.home.loop().poll();
}

// Nothing happens on the worker for an hour, and then a client comes.
BOOST_AUTO_TEST_CASE(a_new_connection_finds_the_time_of_its_beginning)
{
    test::parts shared{{.level = log_level::error}};
    worker home{shared.services, shared.config, 0};
    auto const later = shared.clock.now() + std::chrono::hours{1};
    shared.clock.not_before(later);
    flood client;
    connection<flood> const from{client, home, shared.config->http};
    BOOST_TEST((home.now() >= later));
}

// The deadlines of an earlier and of a later wait, in either order.
BOOST_AUTO_TEST_CASE(a_wait_ends_at_its_deadline_whatever_others_wait_for)
{
    using namespace std::chrono_literals;
    test::parts shared{{.level = log_level::error}};
    worker home{shared.services, shared.config, 0};
    std::array<told, 3> clients;
    std::array<std::chrono::milliseconds, 3> const times{1h, 20ms, 400ms};
    std::vector<std::unique_ptr<connection<told>>> waiting;
    std::vector<std::size_t> ended;
    auto const start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < clients.size(); ++i)
    {
        waiting.push_back(std::make_unique<connection<told>>(clients[i], home, shared.config->http));
        auto filling = waiting.back()->fill(connection<told>::wait_for::headers, start + times[i]);
        auto note = [&, i](std::exception_ptr, connection<told>::filled got) {
            BOOST_TEST((got == connection<told>::filled::timeout));
            BOOST_TEST((std::chrono::steady_clock::now() >= start + times[i]));
            ended.push_back(i);
        };
        asio::co_spawn(home.loop(), std::move(filling), note);
    }
    while (ended.size() < 2)  // the test's time limit ends it if this never comes
        home.loop().run_one();
    BOOST_TEST(ended == (std::vector<std::size_t>{1, 2}), boost::test_tools::per_element());
    for (auto& w : waiting)
        w->abandon();
}

BOOST_AUTO_TEST_CASE(an_exception_over_what_came_in_ends_the_session_and_not_the_loop)
{
    test::parts shared{{.level = log_level::error}};
    worker home{shared.services, shared.config, 0};
    told client;
    troubled from{client, home, shared.config->http};
    std::exception_ptr trouble;
    auto filling = from.fill(connection<told>::wait_for::request, std::chrono::steady_clock::time_point::max());
    auto ended = [&](std::exception_ptr e, connection<told>::filled) { trouble = e; };
    asio::co_spawn(home.loop(), std::move(filling), ended);
    home.sockets().start([] {});
    home.loop().poll();
    BOOST_TEST(!trouble);
    client.send();
    BOOST_CHECK_NO_THROW(home.loop().poll());
    BOOST_TEST_REQUIRE(static_cast<bool>(trouble));
    BOOST_CHECK_THROW(std::rethrow_exception(trouble), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
