#include "web/net/serve.hpp"
#include "web/net/worker.hpp"
#include "web/parts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

using namespace tokend;

// What a reload may change under a running worker: the setup that it was made with ends.
namespace {

std::shared_ptr<setup const> setup_with(http_options http)
{
    return std::make_shared<setup const>(setup{std::move(http), test::asks({})});
}

// A worker, and the client's end of one connection to it.
class served
{
public:
    explicit served(std::shared_ptr<setup const> first) : worker_{shared_.services, std::move(first), 0}
    {
        std::array<int, 2> ends{};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        client_ = ends[0];
        stream_socket socket{worker_.loop().get_executor(), asio::generic::stream_protocol{AF_UNIX, 0}, ends[1]};
        auto serving = serve(std::move(socket), worker_, shared_.public_front, test::somebody());
        asio::co_spawn(worker_.loop(), std::move(serving), asio::detached);
        worker_.start();
    }
    ~served()
    {
        worker_.stop();
        ::close(client_);
    }

    tokend::worker& worker() { return worker_; }

    // The status of the answer to a validation with this body. The connection stays open.
    std::string validate(std::string const& body)
    {
        auto const request = "POST /authentication/token/validate HTTP/1.1\r\nHost: a\r\n"
                             "Content-Type: application/json\r\nContent-Length: " +
                             std::to_string(body.size()) + "\r\n\r\n" + body;
        BOOST_REQUIRE(::send(client_, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
        std::string answer;
        std::array<char, 4096> piece{};
        while (!answer.ends_with("}"))
        {
            auto const n = ::recv(client_, piece.data(), piece.size(), 0);
            BOOST_REQUIRE(n > 0);
            answer.append(piece.data(), static_cast<std::size_t>(n));
        }
        constexpr std::string_view member = R"("code":")";
        auto const code = answer.find(member) + member.size();
        return answer.substr(code, answer.find('"', code) - code);
    }

private:
    test::parts shared_{{.level = log_level::error}};
    tokend::worker worker_;
    int client_ = -1;
};

http_options most_one_member()
{
    http_options options;
    options.json.members = 1;
    return options;
}
std::string const two_members = R"({"token":"00112233445566778899AABBCCDDEEFF","more":1})";

}  // namespace

BOOST_AUTO_TEST_SUITE(reload)

BOOST_AUTO_TEST_CASE(a_body_is_read_by_the_limits_of_the_setup_that_is_in_use)
{
    served s{setup_with(most_one_member())};
    BOOST_TEST(s.validate(two_members) == "MALFORMED_REQUEST");
    s.worker().use(setup_with({}));
    BOOST_TEST(s.validate(two_members) == "OK");
    s.worker().use(setup_with(most_one_member()));
    BOOST_TEST(s.validate(two_members) == "MALFORMED_REQUEST");
}

BOOST_AUTO_TEST_CASE(a_worker_keeps_nothing_of_a_setup_that_is_no_longer_in_use)
{
    auto first = setup_with({});
    std::weak_ptr<setup const> const watched = first;
    served s{std::move(first)};
    BOOST_TEST(s.validate(two_members) == "OK");
    s.worker().use(setup_with({}));
    BOOST_TEST(s.validate(two_members) == "OK");
    BOOST_TEST(watched.expired());
    BOOST_TEST(s.validate(two_members) == "OK");
}

// A worker makes desks for as long as it lives, and may outlive the setup that it was made with.
BOOST_AUTO_TEST_CASE(desks_are_made_by_limits_that_the_pool_holds)
{
    auto limits = std::make_unique<message_limits>();
    limits->header_bytes = 100'000;
    desk_pool pool{*limits};
    limits->header_bytes = 1;
    limits.reset();
    BOOST_TEST(pool.borrow()->in.room().size() > 100'000U);
}

BOOST_AUTO_TEST_SUITE_END()
