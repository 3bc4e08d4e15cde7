#include "web/net/serve.hpp"

#include "web/methods/methods.hpp"
#include "web/parts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

using namespace tokend;

namespace {

void throws(request_view const&, context&, reply&) { throw std::runtime_error{"disk on fire"}; }
void throws_a_number(request_view const&, context&, reply&) { throw 7; }
void throws_behind_its_answer(request_view const&, context&, reply& out)
{
    out.ok(R"({"half":"an answer"})");
    throw std::runtime_error{"too late"};
}
void answers(request_view const&, context&, reply& out) { out.ok("{}"); }
task<void> throws_after_a_wait(request_view const&, context&, reply&)
{
    co_await asio::post(co_await asio::this_coro::executor, use_task);
    throw std::runtime_error{"directory on fire"};
}

constexpr std::array<route, 7> routes{{
    {"throws", "/throws", "", false, false, body_use::ignored, throws, nullptr},
    {"number", "/number", "", false, false, body_use::ignored, throws_a_number, nullptr},
    {"behind", "/behind", "", false, false, body_use::ignored, throws_behind_its_answer, nullptr},
    {"wait", "/wait", "", false, false, body_use::ignored, nullptr, throws_after_a_wait},
    {"unread", "/unread", "", false, false, body_use::refused, throws, nullptr},
    {"fine", "/fine", "", false, false, body_use::ignored, answers, nullptr},
    {"readyz", "/readyz", "", false, false, body_use::ignored, readyz, nullptr},
}};

// A session of a worker of its own, and a client at the other end of a socket pair.
class served
{
public:
    served()
    {
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        client_ = ends[0];
        stream_socket socket{worker_.loop().get_executor(), asio::generic::stream_protocol{AF_UNIX, 0}, ends[1]};
        auto serving = serve(std::move(socket), worker_, routes, "unix");
        asio::co_spawn(worker_.loop(), std::move(serving), asio::detached);
        worker_.start();
    }
    ~served()
    {
        worker_.stop();
        ::close(client_);
    }

    // Asks for these paths in one piece, and reads to the end.
    std::string ask(std::initializer_list<char const*> paths)
    {
        std::string requests;
        for (auto const* path : paths)
            requests.append("GET ").append(path).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
        BOOST_REQUIRE(::send(client_, requests.data(), requests.size(), 0) == static_cast<ssize_t>(requests.size()));
        ::shutdown(client_, SHUT_WR);
        std::string answer;
        std::array<char, 4096> piece{};
        for (ssize_t n = 0; (n = ::recv(client_, piece.data(), piece.size(), 0)) > 0;)
            answer.append(piece.data(), static_cast<std::size_t>(n));
        return answer;
    }
    services& shared() { return shared_.services; }
    std::string log()
    {
        shared_.log.flush();
        std::string text(65536, '\0');
        std::rewind(log_file_.get());
        text.resize(std::fread(text.data(), 1, text.size(), log_file_.get()));
        return text;
    }

private:
    struct closes
    {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::unique_ptr<std::FILE, closes> log_file_{std::tmpfile()};  // the logger writes to it until it ends
    test::parts shared_{{.descriptor = ::fileno(log_file_.get())}};
    worker worker_{shared_.services, shared_.config, 0};
    int client_ = -1;
};

constexpr std::string_view internal_error =
    R"({"status":{"code":"INTERNAL_ERROR","message":"Internal error.","description":null},"data":{}})";

std::size_t count(std::string_view text, std::string_view wanted)
{
    std::size_t n = 0;
    for (auto at = text.find(wanted); at != text.npos; at = text.find(wanted, at + 1))
        ++n;
    return n;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_)

BOOST_AUTO_TEST_CASE(an_exception_in_a_handler_is_500_and_the_connection_goes_on)
{
    for (auto const* path : {"/throws", "/number", "/behind", "/wait"})
        BOOST_TEST_CONTEXT(path)
        {
            served s;
            auto const answer = s.ask({"/fine", path, "/fine"});
            BOOST_TEST(count(answer, "HTTP/1.1 200 OK") == 2U);
            BOOST_TEST(count(answer, "HTTP/1.1 500 Internal Server Error") == 1U);
            BOOST_TEST(count(answer, internal_error) == 1U);
            BOOST_TEST(count(answer, "half") == 0U);
        }
}

BOOST_AUTO_TEST_CASE(what_was_thrown_is_in_the_log_and_not_in_the_answer)
{
    served s;
    auto const answer = s.ask({"/throws", "/wait"});
    BOOST_TEST(count(answer, "on fire") == 0U);
    auto const log = s.log();
    BOOST_TEST(count(log, "disk on fire") == 1U);
    BOOST_TEST(count(log, "directory on fire") == 1U);
}

BOOST_AUTO_TEST_CASE(where_no_body_is_read_500_has_none)
{
    served s;
    auto const answer = s.ask({"/unread"});
    BOOST_TEST(answer.starts_with("HTTP/1.1 500 "));
    BOOST_TEST(answer.ends_with("Content-Length: 0\r\n\r\n"));
    BOOST_TEST(count(s.log(), "disk on fire") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
