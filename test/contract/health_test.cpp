// The two paths that a service manager and a load balancer ask, and the headers that all answers have in common.
#include "contract/contract.hpp"
#include "contract/shared_daemon.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::test;

namespace {

struct healthy
{
    static daemon_options options() { return {demonstration(), {}}; }
};

std::string request_id(std::string_view headers)
{
    return ask(served<healthy>::address(), get("/healthz", headers)).header("X-Request-Id");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(health_, *boost::unit_test::fixture<served<healthy>>())

BOOST_AUTO_TEST_CASE(a_running_server_is_alive_and_ready)
{
    auto const alive = ask(served<healthy>::address(), get("/healthz"));
    BOOST_TEST(alive.status == 200);
    check_headers(alive);
    auto const ready = ask(served<healthy>::address(), get("/readyz"));
    BOOST_TEST(ready.status == 200);
    check_headers(ready);
}

BOOST_AUTO_TEST_CASE(strangers_learn_no_more_than_whether_it_is_ready)
{
    for (auto const path : {"/healthz", "/readyz"})
        BOOST_TEST(ask(served<healthy>::address(), get(path)).body == R"({"ready":true})");
}

BOOST_AUTO_TEST_CASE(head_is_get_without_the_body)
{
    raw_client client{served<healthy>::address()};
    for (auto const path : {"/healthz", "/readyz"})
    {
        client.send(request("HEAD", path) + get(path));
        auto const head = client.receive_to_head();
        auto const whole = client.receive();
        BOOST_TEST(head.status == whole.status);
        BOOST_TEST(head.header("Content-Length") == whole.header("Content-Length"));
        BOOST_TEST(head.header("Content-Type") == whole.header("Content-Type"));
        check_headers(head);
    }
}

BOOST_AUTO_TEST_CASE(head_of_an_error_has_no_body_either)
{
    raw_client client{served<healthy>::address()};
    client.send(request("HEAD", "/nothing") + request("HEAD", issue_path) + std::string{get_health});
    BOOST_TEST(client.receive_to_head().status == 404);
    BOOST_TEST(client.receive_to_head().status == 405);
    BOOST_TEST(client.receive().status == 200);
}

BOOST_AUTO_TEST_CASE(a_good_request_id_comes_back)
{
    std::string const longest(64, 'x');
    for (auto const& id : {std::string{"a"}, std::string{"A-z_0.9"}, longest})
        BOOST_TEST(request_id("X-Request-Id: " + id + "\r\n") == id);
    auto const refused = ask(served<healthy>::address(), get("/nothing", "x-request-id: of-mine\r\n"));
    BOOST_TEST(refused.header("X-Request-Id") == "of-mine");
}

BOOST_AUTO_TEST_CASE(any_other_request_id_is_replaced_by_one_of_the_server)
{
    for (auto const& id :
         {std::string{}, std::string{"a b"}, std::string{"a/b"}, std::string{"\xc3\xa9"}, std::string(65, 'x')})
        BOOST_TEST_CONTEXT(id)
        {
            auto const made = request_id("X-Request-Id: " + id + "\r\n");
            BOOST_TEST(!made.empty());
            BOOST_TEST(made != id);
        }
    auto const twice = request_id("X-Request-Id: a\r\nX-Request-Id: a\r\n");
    BOOST_TEST(!twice.empty());
    BOOST_TEST(twice != "a");
    BOOST_TEST(request_id("") != request_id(""));
}

BOOST_AUTO_TEST_CASE(paths_are_compared_byte_for_byte)
{
    for (auto const path : {"/healthz/", "/healthz?", "/healthz?a=b&c", "/healthz/?a"})
        BOOST_TEST_CONTEXT(path) BOOST_TEST(ask(served<healthy>::address(), get(path)).status == 200);
    for (auto const path : {"/", "//healthz", "/healthz//", "/Healthz", "/health%7A", "/./healthz", "/x/../healthz",
                            "/healthz;a", "/healthz%3F", "/metrics", "/admin/v1/sessions", "/authentication", "/auth"})
        BOOST_TEST_CONTEXT(path) check_error(ask(served<healthy>::address(), get(path)), 404, "NOT_FOUND");
}

BOOST_AUTO_TEST_SUITE_END()
