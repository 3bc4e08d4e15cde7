// Requests of all shapes get through a proxy that asks tokend first.
#include "contract/contract.hpp"
#include "recipes/protected_application.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace tokend::test {
namespace {

// Text that shows if a piece of it is lost, doubled or moved.
std::string numbered(std::size_t size)
{
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i)
        text += std::to_string(i) + ' ';
    return text.substr(0, size);
}

std::string chunked(std::string_view body, std::size_t chunk)
{
    std::ostringstream text;
    for (; !body.empty(); body.remove_prefix(std::min(chunk, body.size())))
        text << std::hex << std::min(chunk, body.size()) << "\r\n" << body.substr(0, chunk) << "\r\n";
    text << "0\r\n\r\n";
    return text.str();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(bodies_, protected_application)

BOOST_AUTO_TEST_CASE(a_head_request_gets_through)
{
    auto const response = ask("HEAD", "/", bearer(token_of_admin()));
    BOOST_TEST(response.result_int() == 200U);
    BOOST_TEST(response["Content-Length"] == std::to_string(application::greeting.size()));
    auto const received = only_received();
    BOOST_TEST(received.method_string() == "HEAD");
    BOOST_TEST(received["X-Auth-User"] == "mpadministrator");
    check_refused(ask("HEAD", "/"), 401);
}

BOOST_AUTO_TEST_CASE(a_body_gets_through_whole)
{
    auto const token = bearer(token_of_admin());
    for (std::size_t const size : {1'024U, 300'000U})
    {
        auto const body = numbered(size);
        auto const received = check_allowed(ask("POST", "/form", token, body));
        BOOST_TEST(received.method_string() == "POST");
        BOOST_TEST((received.body() == body));
        BOOST_TEST(received["X-Auth-User"] == "mpadministrator");
        check_refused(ask("POST", "/form", {}, body), 401);
    }
}

BOOST_AUTO_TEST_CASE(a_chunked_body_gets_through_whole)
{
    auto const lines = bearer(token_of_admin()) + "Transfer-Encoding: chunked\r\n";
    for (std::size_t const size : {1'024U, 300'000U})
    {
        auto const body = numbered(size);
        browser client{address()};
        client.send(request_text("POST", "/form", lines) + chunked(body, 10'000));
        auto const received = check_allowed(client.receive());
        BOOST_TEST((received.body() == body));
        BOOST_TEST(received["X-Auth-User"] == "mpadministrator");
    }
}

BOOST_AUTO_TEST_CASE(requests_follow_each_other_on_one_connection)
{
    auto const token = bearer(token_of_admin());
    browser client{address()};
    for (int i = 0; i < 3; ++i)
    {
        client.send(request_text("POST", "/form", token, numbered(1'024)));
        check_allowed(client.receive());
        client.send(request_text("GET", "/", bearer(unknown_token)));
        check_refused(client.receive(), 401);
    }
}

BOOST_AUTO_TEST_CASE(a_websocket_opens_for_a_live_token_alone)
{
    auto const text = numbered(70'000);
    browser client{address()};
    BOOST_TEST((client.echo("www.example.com", "Bearer " + token_of_admin(), text) == text));
    auto const received = only_received();
    BOOST_TEST(received["X-Auth-User"] == "mpadministrator");
    BOOST_TEST(received.count("Authorization") == 0U);
    check_refused(get("/socket", bearer(unknown_token) +
                                     "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                     "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"),
                  401);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test
