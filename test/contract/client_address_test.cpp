// Whose address is in the log and in the list of sessions, if a proxy names the client of each request.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/ipv6.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace tokend::test;

namespace {

constexpr std::string_view nobody_listed = "nobody";

daemon_options behind(std::string_view trusted, std::string_view field, std::string const& address = "127.0.0.1:0")
{
    daemon_options options{demonstration()};
    options.address = address;
    options.arguments = {"--listen.public.trusted-proxies=" + std::string{trusted},
                         "--listen.public.client-address-from=" + std::string{field}, "--log.level=debug",
                         "--log.format=json", "--login.failure-time=0ms"};
    return options;
}

// Logs in with these header lines and returns the address that the list of sessions has for the new token.
std::string listed_address(raw_client& client, std::string_view headers)
{
    client.send(post(issue_path, acme_administrator, headers));
    auto const token = std::string{check_ok(client.receive()).at("token").as_string()};
    client.send(post("/authentication/sessions", token_body(token)));
    auto const data = check_ok(client.receive());
    for (auto const& one : data.at("sessions").as_array())
        if (one.as_object().at("current").as_bool())
            return std::string{one.as_object().at("client_address").as_string()};
    return std::string{nobody_listed};
}

std::string client_field(std::string_view address) { return R"("client":")" + std::string{address} + '"'; }

// Sends a request that carries this id, and returns the address of the client on its line of the log.
std::string logged_address(daemon_process const& tokend, raw_client& client, std::string const& request,
                           std::string_view id)
{
    constexpr std::string_view begin = R"("client":")";
    client.send(request);
    client.receive();
    BOOST_TEST_REQUIRE(tokend.logs(id));
    auto const log = tokend.log();
    auto const line_end = log.find('\n', log.find(id));
    auto const line_begin = log.rfind('\n', log.find(id)) + 1;
    auto const line = log.substr(line_begin, line_end - line_begin);
    auto const at = line.find(begin);
    BOOST_TEST_REQUIRE(at != line.npos, line);
    return line.substr(at + begin.size(), line.find('"', at + begin.size()) - at - begin.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(client_address_)

BOOST_AUTO_TEST_CASE(a_trusted_proxy_names_the_client_for_the_log_and_for_the_sessions)
{
    daemon_process const tokend{behind("127.0.0.1, 10.0.0.0/8", "x-forwarded-for")};
    raw_client client{tokend.address()};
    BOOST_TEST(listed_address(client, "X-Forwarded-For: 203.0.113.1, 198.51.100.7, 10.0.0.2\r\n") == "198.51.100.7");
    BOOST_TEST(tokend.logs(client_field("198.51.100.7")));
    BOOST_TEST(tokend.log().find("203.0.113.1") == std::string::npos);
    BOOST_TEST(listed_address(client, "X-Forwarded-For: [2001:db8::7]:4711\r\n") == "2001:db8::7");
    BOOST_TEST(listed_address(client, "X-Forwarded-For: x\r\nX-Forwarded-For: ::ffff:192.0.2.1\r\n") == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(each_request_of_a_kept_connection_has_its_own_client)
{
    daemon_process const tokend{behind("127.0.0.1", "x-forwarded-for")};
    raw_client client{tokend.address()};
    BOOST_TEST(listed_address(client, "X-Forwarded-For: 198.51.100.7\r\n") == "198.51.100.7");
    BOOST_TEST(listed_address(client, "X-Forwarded-For: 198.51.100.8\r\n") == "198.51.100.8");
    BOOST_TEST(listed_address(client, "") == "127.0.0.1");
    BOOST_TEST(listed_address(client, "X-Forwarded-For: 198.51.100.9\r\n") == "198.51.100.9");
    BOOST_TEST(listed_address(client, "X-Forwarded-For: 198.51.100.9, unknown\r\n") == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(a_request_that_cannot_be_read_has_the_address_of_the_proxy)
{
    daemon_process const tokend{behind("127.0.0.1", "x-forwarded-for")};
    raw_client client{tokend.address()};
    auto const health = get("/healthz", "X-Request-Id: good-one\r\nX-Forwarded-For: 198.51.100.7\r\n");
    BOOST_TEST(logged_address(tokend, client, health, "good-one") == "198.51.100.7");
    client.send("NO REQUEST\r\n\r\n");
    BOOST_TEST(client.receive().status == 400);
    BOOST_TEST_REQUIRE(tokend.logs("MALFORMED_REQUEST"));
    auto const log = tokend.log();
    auto const line = log.substr(log.find("MALFORMED_REQUEST"));
    BOOST_TEST(line.substr(0, line.find('\n')).find(client_field("127.0.0.1")) != line.npos, line);
}

BOOST_AUTO_TEST_CASE(what_an_untrusted_peer_says_of_its_address_is_ignored)
{
    daemon_process const tokend{behind("127.0.0.1, unix", "x-forwarded-for")};
    raw_client stranger{tokend.address(), "127.0.0.9"};
    BOOST_TEST(listed_address(stranger, "X-Forwarded-For: 198.51.100.7\r\n") == "127.0.0.9");
    BOOST_TEST(listed_address(stranger, "X-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1\r\n") == "127.0.0.9");
    BOOST_TEST(tokend.log().find("198.51.100.7") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_the_configured_header_counts)
{
    constexpr std::string_view both = "X-Forwarded-For: 198.51.100.7\r\nForwarded: for=203.0.113.1;proto=https\r\n";
    for (auto const& [field, address] : std::vector<std::pair<std::string, std::string>>{
             {"x-forwarded-for", "198.51.100.7"}, {"forwarded", "203.0.113.1"}, {"none", "127.0.0.1"}})
    {
        daemon_process const tokend{behind("127.0.0.1", field)};
        raw_client client{tokend.address()};
        BOOST_TEST(listed_address(client, both) == address);
    }
}

BOOST_AUTO_TEST_CASE(peers_on_a_unix_socket_are_trusted_only_by_name)
{
    temporary_folder const folder;
    auto const address = "unix:" + (folder / "s").string();
    for (auto const& [trusted, expected] :
         std::vector<std::pair<std::string, std::string>>{{"unix", "198.51.100.7"}, {"0.0.0.0/0, ::/0", "unix"}})
    {
        daemon_process const tokend{behind(trusted, "forwarded", address)};
        raw_client client{address};
        BOOST_TEST(listed_address(client, "Forwarded: For=\"198.51.100.7:4711\"\r\n") == expected);
        BOOST_TEST(tokend.logs(client_field(expected)));
        if (trusted == "unix")
            BOOST_TEST(listed_address(client, "Forwarded: for=_hidden\r\n") == "unix");
    }
}

BOOST_AUTO_TEST_CASE(a_subrequest_to_verify_has_the_address_of_the_header_too)
{
    daemon_process const tokend{behind("127.0.0.1", "x-forwarded-for")};
    raw_client client{tokend.address()};
    auto const token = issue_token(tokend.address());
    auto const verify = [&](std::string const& id, std::string const& from) {
        return get("/auth/verify", bearer(token) + "X-Request-Id: " + id + "\r\nX-Forwarded-For: " + from + "\r\n");
    };
    BOOST_TEST(logged_address(tokend, client, verify("first-one", "198.51.100.7"), "first-one") == "198.51.100.7");
    BOOST_TEST(logged_address(tokend, client, verify("second-one", "127.0.0.1"), "second-one") == "127.0.0.1");
    BOOST_TEST(logged_address(tokend, client, verify("third-one", "no, 198.51.100.8"), "third-one") == "198.51.100.8");
}

BOOST_AUTO_TEST_CASE(an_ipv6_peer_is_trusted_by_its_network, *boost::unit_test::precondition(needs_ipv6))
{
    for (auto const& [trusted, expected] :
         std::vector<std::pair<std::string, std::string>>{{"::/64", "2001:db8::7"}, {"127.0.0.1", "::1"}})
    {
        daemon_process const tokend{behind(trusted, "x-forwarded-for", "[::1]:0")};
        raw_client client{tokend.address()};
        BOOST_TEST(listed_address(client, "X-Forwarded-For: [2001:db8::7]:4711, ::1\r\n") == expected);
    }
}

BOOST_AUTO_TEST_SUITE_END()
