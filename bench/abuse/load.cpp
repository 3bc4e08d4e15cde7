// bench_load: clients that send requests, at a rate or as fast as they are answered; `bench_load --help` lists the
// options. Ends after --seconds, or at SIGTERM, and prints one line of counts and times.
//
// At a rate every request has its time, whether or not the ones before have been answered, and its latency counts from
// that time: a server that stalls cannot make the load wait (coordinated omission).
#include "bench/abuse/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/program_options.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace tokend::bench {
namespace {

using steady = std::chrono::steady_clock;
using timer = asio::basic_waitable_timer<steady, asio::wait_traits<steady>, executor>;
constexpr std::chrono::seconds patience{10};  // for answers after the end

struct options
{
    std::uint16_t port = 0;
    std::string requests{};
    std::string expect{};
    std::string from{};
    std::size_t addresses = 1;
    std::size_t connections = 1;
    std::size_t depth = 1;
    double rate = 0;
    double seconds = 1;
    bool fresh = false;
};

// The requests of a file, one line each: PATH BODY. {n} in a body is a number that no other request has.
class requests
{
public:
    explicit requests(std::string const& file)
    {
        std::ifstream in{file};
        for (std::string line; std::getline(in, line);)
        {
            auto const blank = std::min(line.find(' '), line.size());
            lines_.push_back({line.substr(0, blank), line.substr(std::min(blank + 1, line.size()))});
        }
        if (lines_.empty())
            throw std::runtime_error{"there are no requests in '" + file + "'"};
    }

    std::string next()
    {
        auto const& [path, body] = lines_[count_++ % lines_.size()];
        auto text = body;
        for (auto at = text.find(mark_); at != text.npos; at = text.find(mark_))
            text.replace(at, mark_.size(), std::to_string(count_));
        return post(path, text);
    }

private:
    static inline std::string const mark_ = "{n}";
    struct line
    {
        std::string path;
        std::string body;
    };
    std::vector<line> lines_;
    std::size_t count_ = 0;
};

// The times of all requests, which the clients take in turn.
class schedule
{
public:
    // Clients come at random, as strangers do, and the same way each time.
    schedule(double rate, double seconds) : begin_{steady::now()}, end_{begin_ + of(seconds)}
    {
        if (rate == 0)
            return;
        std::minstd_rand random;
        std::exponential_distribution<double> gap{rate};
        for (double at = gap(random); at < seconds; at += gap(random))
            due_.push_back(begin_ + of(at));
    }

    // When the next requests are due; nothing if there are no more. Without a rate they are due at once.
    std::optional<steady::time_point> take(std::size_t count)
    {
        auto const now = steady::now();
        if (is_stopped_ || (due_.empty() ? now >= end_ : taken_ + count > due_.size()))
            return std::nullopt;
        auto const at = due_.empty() ? now : due_[taken_];
        taken_ += count;
        return at;
    }
    void stop() { is_stopped_ = true; }
    steady::time_point end() const { return end_; }
    std::size_t total() const { return is_stopped_ ? taken_ : std::max(taken_, due_.size()); }

private:
    static steady::duration of(double seconds)
    {
        return std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>{seconds});
    }

    steady::time_point const begin_;
    steady::time_point const end_;
    std::vector<steady::time_point> due_;
    std::size_t taken_ = 0;
    bool is_stopped_ = false;
};

class results
{
public:
    explicit results(std::string expected) : expected_{std::move(expected)} {}

    void add(answer const& a, steady::duration took)
    {
        if (a.status == 0)
            return;
        ++statuses_[a.status];
        if (a.status == 200 && a.body.find(expected_) != a.body.npos)
            times_.push_back(std::chrono::duration<double, std::milli>{took}.count());
    }

    void print(schedule const& s)
    {
        std::sort(times_.begin(), times_.end());
        std::printf("sent=%zu ok=%zu p50=%.3f p99=%.3f longest=%.3f", s.total(), times_.size(), at(0.5), at(0.99),
                    at(1));
        std::size_t answered = 0;
        for (auto const& [status, count] : statuses_)
        {
            std::printf(" status_%d=%zu", status, count);
            answered += count;
        }
        std::printf(" unanswered=%zu\n", s.total() - answered);
    }

private:
    double at(double share) const
    {
        if (times_.empty())
            return 0;
        auto const rank = static_cast<std::size_t>(share * static_cast<double>(times_.size()));
        return times_[std::min(rank, times_.size() - 1)];
    }

    std::string const expected_;
    std::map<int, std::size_t> statuses_;
    std::vector<double> times_;  // ms, of the good answers
};

// What all clients share.
struct load
{
    options const wanted;
    requests texts{wanted.requests};
    schedule times{wanted.rate, wanted.seconds};
    results counts{wanted.expect};
    std::size_t running = 0;
};

// Sends one piece of requests and counts their answers. Returns false if the connection cannot be used again.
task<bool> ask(client& c, load& all, steady::time_point due)
{
    std::string piece;
    for (std::size_t i = 0; i < all.wanted.depth; ++i)
        piece += all.texts.next();
    bool good = c.is_open();
    if (!good)
        good = co_await c.connect();
    if (good)
        good = co_await c.send(piece);
    for (std::size_t i = 0; good && i < all.wanted.depth; ++i)
    {
        auto const a = co_await c.receive();
        all.counts.add(a, steady::now() - due);
        good = a.status != 0;
    }
    co_return good;
}

task<void> run(asio::io_context& loop, load& all, std::size_t number)
{
    client c{loop, all.wanted.port, address_after(all.wanted.from, number % all.wanted.addresses)};
    timer until{loop.get_executor()};
    ++all.running;
    while (auto const due = all.times.take(all.wanted.depth))
    {
        if (*due > steady::now())
        {
            until.expires_at(*due);
            co_await until.async_wait(as_result);
        }
        bool const good = co_await ask(c, all, *due);
        if (!good && all.wanted.rate == 0)
        {
            // A client without a connection would only spin.
            until.expires_after(std::chrono::milliseconds{10});
            co_await until.async_wait(as_result);
        }
        if (!good || all.wanted.fresh)
            c.close();
    }
    if (--all.running == 0)
        loop.stop();
}

void generate(options const& wanted)
{
    asio::io_context loop;
    load all{.wanted = wanted};
    asio::signal_set ends{loop, SIGTERM, SIGINT};
    timer last{loop.get_executor()};
    last.expires_at(all.times.end() + patience);
    last.async_wait([&](boost::system::error_code const& ec) {
        if (!ec)
            loop.stop();
    });
    ends.async_wait([&](boost::system::error_code const& ec, int) {
        if (ec)
            return;
        all.times.stop();
        loop.stop();
    });
    for (std::size_t i = 0; i < wanted.connections; ++i)
    {
        auto running = run(loop, all, i);
        asio::co_spawn(loop, std::move(running), asio::detached);
    }
    loop.run();
    all.counts.print(all.times);
}

// Returns nothing if the options were only to be listed.
std::optional<options> read_options(int argc, char** argv)
{
    namespace po = boost::program_options;
    options o;
    po::options_description known{"Options"};
    known.add_options()("help", "lists the options");
    known.add_options()("port", po::value(&o.port)->required(), "of 127.0.0.1");
    known.add_options()("requests", po::value(&o.requests)->required(), "file of requests: PATH BODY");
    known.add_options()("expect", po::value(&o.expect)->default_value(""), "what a good answer's body holds");
    known.add_options()("from", po::value(&o.from)->default_value("127.0.0.1"), "the first address of the clients");
    known.add_options()("addresses", po::value(&o.addresses)->default_value(1), "number of addresses, from that on");
    known.add_options()("connections", po::value(&o.connections)->default_value(1), "number of clients");
    known.add_options()("depth", po::value(&o.depth)->default_value(1), "requests in one piece (pipelining)");
    known.add_options()("rate", po::value(&o.rate)->default_value(0), "requests a second; 0: as fast as answers come");
    known.add_options()("seconds", po::value(&o.seconds)->default_value(1), "how long");
    known.add_options()("fresh", po::bool_switch(&o.fresh), "a connection for each piece");
    po::variables_map given;
    po::store(po::parse_command_line(argc, argv, known), given);
    if (given.count("help") != 0)
    {
        std::cout << known;
        return std::nullopt;
    }
    po::notify(given);
    if (o.addresses == 0 || o.depth == 0)
        throw std::runtime_error{"--addresses and --depth are 1 or more"};
    return o;
}

}  // namespace
}  // namespace tokend::bench

int main(int argc, char** argv)
try
{
    if (auto const wanted = tokend::bench::read_options(argc, argv))
        tokend::bench::generate(*wanted);
    return 0;
}
catch (std::exception const& e)
{
    std::fprintf(stderr, "bench_load: %s\n", e.what());
    return 1;
}
