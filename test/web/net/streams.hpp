#pragma once

#include "web/net/connection.hpp"

#include "web/parts.hpp"

#include <boost/asio/co_spawn.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

// Stream doubles, and a connection over one.
namespace tokend::test {

// A buffer of a desk holds a whole number of them.
inline constexpr std::string_view request = "GET /healthz HTTP/1.1\r\nHost: a\r\nA: 1234567890123456789012345\r\n\r\n";
static_assert(request.size() == 64);

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

    void connect()
    {
        home.emplace(shared.services, shared.config, 0);
        from.emplace(client, *home, *shared.public_front, somebody());
    }
    void serve()
    {
        connect();
        home->sockets().start([] {});
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
        bool const ready = co_await from->shake_hands(shared.config->http.header_timeout);
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
    // Runs until the connection has ended. The test's time limit ends it if it does not.
    void run_to_the_end()
    {
        home->loop().restart();
        while (!ended)
            home->loop().run_one();
    }
    ~connected()
    {
        if (!ended && from)
            from->abandon();
    }

    parts shared;
    Stream client;
    std::optional<worker> home;
    std::optional<connection<Stream>> from;
    bool ended = false;
    std::exception_ptr thrown;
};

}  // namespace tokend::test
