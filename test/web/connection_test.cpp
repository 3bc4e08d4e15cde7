#include "web/connection.hpp"

#include "web/parts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstring>

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
    transfer read(asio::mutable_buffer to) noexcept
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

BOOST_AUTO_TEST_SUITE_END()
