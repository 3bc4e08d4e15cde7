// bench_load: clients that send requests, at a rate or as fast as they are answered; `bench_load --help` lists the
// options. Prints "open" when all have connected and the requests begin. Ends after --seconds, or at SIGTERM, and
// prints one line of counts and times.
//
// At a rate every request has its time, whether or not the ones before have been answered, and its latency counts from
// that time: a server that stalls cannot make the load wait (coordinated omission).
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
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
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

struct load_options
{
    crowd_options clients{};
    std::string requests{};
    std::string expect{};
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
    struct path_and_body
    {
        std::string path;
        std::string body;
    };
    std::vector<path_and_body> lines_;
    std::size_t count_ = 0;
};

// The times of all requests, which the clients take in turn.
class schedule
{
public:
    // Clients come at random, as strangers do. Those with one seed come the same way each time.
    schedule(double rate, double seconds, std::size_t seed) : begin_{steady::now()}, end_{begin_ + of(seconds)}
    {
        if (rate == 0)
            return;
        std::minstd_rand random{static_cast<std::minstd_rand::result_type>(seed)};
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

class generator
{
public:
    explicit generator(load_options const& wanted) : wanted_{wanted}, texts_{wanted.requests}, counts_{wanted.expect}
    {
        auto const& who = wanted.clients;
        for (std::size_t i = 0; i < who.connections; ++i)
            clients_.emplace_back(loop_, who.port, address_after(who.from, i % who.addresses));
    }

    void run()
    {
        if (!wanted_.fresh)
            for_each_client([this](client& c) { return open(c); });
        std::puts("open");
        std::fflush(stdout);
        auto const name = std::filesystem::path{wanted_.requests}.filename().string();
        times_.emplace(wanted_.rate, wanted_.seconds, std::hash<std::string>{}(name));
        asio::signal_set ends{loop_, SIGTERM, SIGINT};
        ends.async_wait([&](boost::system::error_code const& ec, int) {
            if (!ec)
                end();
        });
        timer last{loop_.get_executor(), times_->end() + patience};
        last.async_wait([&](boost::system::error_code const& ec) {
            if (!ec)
                loop_.stop();
        });
        for_each_client([this](client& c) { return send_in_turn(c); });
        counts_.print(*times_);
    }

private:
    template <class What>
    void for_each_client(What what)
    {
        busy_ = clients_.size();
        for (auto& c : clients_)
        {
            auto doing = what(c);
            asio::co_spawn(loop_, std::move(doing), asio::detached);
        }
        loop_.run();
        loop_.restart();
    }
    void end()
    {
        times_->stop();
        loop_.stop();
    }
    void end_one()
    {
        if (--busy_ == 0)
            loop_.stop();
    }

    task<void> open(client& c)
    {
        co_await c.connect();
        end_one();
    }

    task<void> send_in_turn(client& c)
    {
        timer until{loop_.get_executor()};
        while (auto const due = times_->take(wanted_.depth))
        {
            if (*due > steady::now())
            {
                until.expires_at(*due);
                co_await until.async_wait(as_result);
            }
            bool const good = co_await ask(c, *due);
            if (!good && wanted_.rate == 0)
            {
                // A client without a connection would only spin.
                until.expires_after(std::chrono::milliseconds{10});
                co_await until.async_wait(as_result);
            }
            if (!good || wanted_.fresh)
                c.close();
        }
        end_one();
    }

    // Sends one piece of requests and counts their answers. Returns false if the connection cannot be used again.
    task<bool> ask(client& c, steady::time_point due)
    {
        std::string piece;
        for (std::size_t i = 0; i < wanted_.depth; ++i)
            piece += texts_.next();
        bool good = c.is_open();
        if (!good)
            good = co_await c.connect();
        if (good)
            good = co_await c.send(piece);
        for (std::size_t i = 0; good && i < wanted_.depth; ++i)
        {
            auto const a = co_await c.receive();
            counts_.add(a, steady::now() - due);
            good = a.status != 0;
        }
        co_return good;
    }

    load_options const wanted_;
    asio::io_context loop_;
    requests texts_;
    std::deque<client> clients_;
    std::optional<schedule> times_;
    results counts_;
    std::size_t busy_ = 0;  // clients that have something left to do
};

}  // namespace
}  // namespace tokend::bench

int main(int argc, char** argv)
try
{
    using namespace tokend::bench;
    namespace po = boost::program_options;
    load_options o;
    auto known = describe(o.clients);
    known.add_options()("requests", po::value(&o.requests)->required(), "file of requests: PATH BODY");
    known.add_options()("expect", po::value(&o.expect), "what a good answer's body holds");
    known.add_options()("depth", po::value(&o.depth)->default_value(o.depth), "requests in one piece (pipelining)");
    known.add_options()("rate", po::value(&o.rate), "requests a second; not set: as fast as they are answered");
    known.add_options()("seconds", po::value(&o.seconds)->default_value(o.seconds), "how long");
    known.add_options()("fresh", po::bool_switch(&o.fresh), "a connection for each piece");
    if (read_options(argc, argv, known))
        generator{o}.run();
    return 0;
}
catch (std::exception const& e)
{
    std::fprintf(stderr, "bench_load: %s\n", e.what());
    return 1;
}
