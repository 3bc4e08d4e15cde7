// bench_slow: clients that hold connections by being slow in one manner; `bench_slow --help` lists the options. Each
// connects again when the server has ended its connection. Prints "open" when all have connected, and at SIGTERM one
// line of counts.
#include "bench/abuse/client.hpp"
#include "bench/abuse/crowd_options.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

namespace tokend::bench {
namespace {

using steady = std::chrono::steady_clock;
using timer = asio::basic_waitable_timer<steady, asio::wait_traits<steady>, executor>;

// What a client of one manner sends.
struct script
{
    std::string at_once{};
    bool takes_answer = false;             // to what it sends at once
    std::string more{};                    // again and again, with a pause; empty: it waits for the end
    std::chrono::milliseconds pause{500};  // none: as fast as the server takes it
    int receive_buffer = 0;                // bytes; 0: the system's
};

std::string repeat(std::string const& text, int times)
{
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

script script_of(std::string const& manner)
{
    std::string const head = "POST /authentication/token/validate HTTP/1.1\r\nHost: tokend\r\n";
    std::string const health = "GET /healthz HTTP/1.1\r\nHost: tokend\r\n\r\n";
    if (manner == "header")
        return {.at_once = head + "X-Slow: ", .more = "x"};
    if (manner == "body")
        return {.at_once = head + "Content-Length: 1000\r\n\r\n{", .more = " "};
    if (manner == "reading")
        return {.more = repeat(health, 100), .pause = {}, .receive_buffer = 2048};
    if (manner == "idle")
        return {.at_once = health, .takes_answer = true};
    if (manner == "handshake")  // the first bytes of a ClientHello of 512
        return {.at_once = std::string{"\x16\x03\x01\x02\x00\x01\x00", 7}, .more = "\x01"};
    if (manner == "silence")
        return {};
    throw std::runtime_error{"no manner '" + manner + "': header, body, reading, idle, handshake or silence"};
}

// Returns when the server has ended the connection.
task<void> hold(client& c, script const& s, timer& pause)
{
    bool good = co_await c.send(s.at_once);
    if (good && s.takes_answer)
    {
        auto const a = co_await c.receive();
        good = a.status == 200;
    }
    if (good && s.more.empty())
        co_return co_await c.await_end();
    while (good)
    {
        if (s.pause != s.pause.zero())
        {
            pause.expires_after(s.pause);
            co_await pause.async_wait(as_result);
        }
        good = co_await c.send(s.more);
    }
}

class crowd
{
public:
    crowd(crowd_options const& wanted, script const& what) : wanted_{wanted}, script_{what} {}

    // Until SIGTERM.
    void run()
    {
        asio::signal_set ends{loop_, SIGTERM, SIGINT};
        ends.async_wait([&](boost::system::error_code const&, int) { loop_.stop(); });
        for (std::size_t i = 0; i < wanted_.connections; ++i)
        {
            auto being_slow = be_slow(i);
            asio::co_spawn(loop_, std::move(being_slow), asio::detached);
        }
        loop_.run();
        std::printf("connected=%zu ended=%zu longest=%.1f\n", connected_, ended_, longest_.count());
    }

private:
    task<void> be_slow(std::size_t number)
    {
        client c{loop_, wanted_.port, address_after(wanted_.from, number % wanted_.addresses)};
        timer pause{loop_.get_executor()};
        bool has_connected = false;
        for (;;)
        {
            bool const good = co_await c.connect(script_.receive_buffer);
            auto const begun = steady::now();
            if (good && !std::exchange(has_connected, true) && ++connected_ == wanted_.connections)
            {
                std::puts("open");
                std::fflush(stdout);
            }
            if (good)
            {
                co_await hold(c, script_, pause);
                ++ended_;
                longest_ = std::max(longest_, std::chrono::duration<double>{steady::now() - begun});
            }
            pause.expires_after(std::chrono::milliseconds{20});  // a client that is turned away would only spin
            co_await pause.async_wait(as_result);
        }
    }

    asio::io_context loop_;
    crowd_options const wanted_;
    script const script_;
    std::size_t connected_ = 0;                 // clients that have connected once
    std::size_t ended_ = 0;                     // connections that the server has ended
    std::chrono::duration<double> longest_{0};  // of these
};

}  // namespace
}  // namespace tokend::bench

int main(int argc, char** argv)
try
{
    using namespace tokend::bench;
    namespace po = boost::program_options;
    crowd_options wanted;
    std::string manner;
    auto known = describe(wanted);
    known.add_options()("manner", po::value(&manner)->required(),
                        "header, body, reading, idle; handshake or silence on a listener with TLS");
    if (read_options(argc, argv, known))
        crowd{wanted, script_of(manner)}.run();
    return 0;
}
catch (std::exception const& e)
{
    std::fprintf(stderr, "bench_slow: %s\n", e.what());
    return 1;
}
