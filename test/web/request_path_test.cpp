#include "web/counted_calls.hpp"
#include "web/net/listener.hpp"
#include "web/parts.hpp"
#include "web/request_context.hpp"

#include "support/daemon.hpp"
#include "support/raw_client.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

// What a request costs in allocations and system calls, counted over real sockets.
namespace {

using namespace tokend;
using test::raw_client;

// Frames larger than 1 KiB are never recycled: the counter must see this one.
task<answered> has_a_large_frame(request_view const&, request_context& ctx, reply& out)
{
    std::array<char volatile, 4096> large;
    large[ctx.request_id.size()] = 'x';
    co_await asio::post(co_await asio::this_coro::executor, use_task);
    co_return out.ok(large[ctx.request_id.size()] == 'x' ? "{}" : "");
}

constexpr std::array odd_routes{route{.name = "large_frame", .verb = "", .path = "/large", .ask = has_a_large_frame}};

// One worker behind a listener, and a live token whose owner the backend would check again, but not yet.
class served
{
public:
    explicit served(std::span<route const> routes = public_routes())
        : front_{std::make_shared<front const>(front{"public", routes, 1000})}
    {
        test::be_a_client();
        shared_.config = std::make_shared<setup const>(setup{http_options{}, test::asks({make_backend()})});
        workers_.push_back(std::make_unique<worker>(shared_.services, shared_.config, 0));
        listener_ = std::make_shared<listener>(control_, listener_options{}, tcp_address::parse("127.0.0.1:0").value(),
                                               front_, workers_, shared_.log);
        listener_->start();
        workers_.front()->start();
        accepting_ = std::thread{[this] { control_.run(); }};
        principal who;
        who.organisation = "CRMDEMO";
        who.backend = "corp";
        who.username = "mpadministrator";
        who.unit = "EE63A82C4FEBE02FF34E90DD1EBA5ABE";
        who.groups = {"admins"};
        token_ = shared_.sessions.issue(who, {}, shared_.clock.now(), random_)->token.reveal();
    }
    ~served()
    {
        control_.stop();
        accepting_.join();
        workers_.front()->stop();
    }

    std::string address() const { return text_of(listener_->bound_to()); }
    std::string validate() const
    {
        return "POST /authentication/token/validate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
               "Content-Length: 44\r\n\r\n{\"token\":\"" +
               token_ + "\"}";
    }
    std::string verify() const
    {
        return "GET /auth/verify?unit=EE63A82C4FEBE02FF34E90DD1EBA5ABE&group=admins HTTP/1.1\r\nHost: "
               "a\r\nAuthorization: Bearer " +
               token_ + "\r\n\r\n";
    }

private:
    std::shared_ptr<backend> make_backend()
    {
        backend_options options;
        options.id = "corp";
        options.settings = {{"orders", "orders", "here", "/nowhere"}, {"gate", "gate", "here", "/nowhere"}};
        auto const library = plugin_library::load(test::fake_plugins(), "rechecks");
        std::vector<std::string> errors;
        auto const values = check_options(library.options(), options.settings, "here", errors);
        auto made = std::make_shared<backend>(options, library, values, pool_, shared_.log);
        made->start();
        return made;
    }

    blocking_pool pool_{1, 0};
    test::parts shared_{{.level = log_level::error}};
    std::shared_ptr<front const> front_;
    std::vector<std::unique_ptr<worker>> workers_;
    asio::io_context control_{1};
    std::shared_ptr<listener> listener_;
    std::thread accepting_;
    entropy random_;
    std::string token_;
};

// Asks this on each of the connections `rounds` times, `depth` requests at once, and checks that each answer is 200.
void ask(std::vector<raw_client>& clients, std::string const& request, int rounds, int depth = 1)
{
    std::string batch;
    for (int i = 0; i < depth; ++i)
        batch += request;
    for (int round = 0; round < rounds; ++round)
    {
        for (auto& c : clients)
            c.send(batch);
        for (auto& c : clients)
            for (int i = 0; i < depth; ++i)
                BOOST_REQUIRE(c.receive().status == 200);
    }
}

std::vector<raw_client> connect(std::string const& address, std::size_t n)
{
    std::vector<raw_client> clients;
    for (std::size_t i = 0; i < n; ++i)
        clients.emplace_back(address);
    return clients;
}

// The same behind a first round, in which buffers grow to their size.
test::call_counts count(served const& s, std::string const& request, std::size_t connections, int rounds, int depth = 1)
{
    auto clients = connect(s.address(), connections);
    ask(clients, request, 10, depth);
    auto const before = test::calls_so_far();
    ask(clients, request, rounds, depth);
    return test::calls_so_far() - before;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_path)

BOOST_AUTO_TEST_CASE(a_validation_allocates_nothing_and_takes_one_read_and_one_write)
{
    served const s;
    auto const calls = count(s, s.validate(), 64, 100);
    BOOST_TEST(calls.allocations == 0U);
    BOOST_TEST(calls.receives == 6400U);
    BOOST_TEST(calls.sends == 6400U);
}

BOOST_AUTO_TEST_CASE(a_verification_allocates_nothing_and_takes_one_read_and_one_write)
{
    served const s;
    auto const calls = count(s, s.verify(), 64, 100);
    BOOST_TEST(calls.allocations == 0U);
    BOOST_TEST(calls.receives == 6400U);
    BOOST_TEST(calls.sends == 6400U);
}

BOOST_AUTO_TEST_CASE(pipelined_requests_take_one_read_and_one_write_together)
{
    served const s;
    auto const calls = count(s, s.validate(), 8, 100, 16);
    BOOST_TEST(calls.allocations == 0U);
    BOOST_TEST(calls.receives == 800U);
    BOOST_TEST(calls.sends == 800U);
}

BOOST_AUTO_TEST_CASE(frames_of_coroutines_are_counted)
{
    served const s{odd_routes};
    auto const calls = count(s, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n", 1, 100);
    BOOST_TEST(calls.allocations >= 100U);
}

BOOST_AUTO_TEST_SUITE_END()
