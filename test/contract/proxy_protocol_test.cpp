// Connections that begin with a PROXY header, and those that should.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace tokend::test;

namespace {

constexpr std::string_view text_header = "PROXY TCP4 198.51.100.7 10.0.0.1 40000 443\r\n";
constexpr std::string_view not_trusted = "did not come from a trusted proxy";
constexpr std::string_view not_begun = "did not begin with a PROXY header";

// A header of version 2 for a client, or LOCAL.
std::string binary_header(bool is_local, std::string_view client, unsigned char transport)
{
    std::string header{"\r\n\r\n\0\r\nQUIT\n", 12};
    header += is_local ? '\x20' : '\x21';
    header += static_cast<char>(transport);
    auto const ports = std::string(4, '\x01');
    std::string const tlv{"\x04\x00\x02\x00\x00", 5};  // of no meaning
    auto const block = is_local ? std::string{} : std::string{client} + std::string{client} + ports + tlv;
    header += '\0';
    header += static_cast<char>(block.size());
    return header + block;
}
std::string const binary_v4 = binary_header(false, "\xc6\x33\x64\x08", 0x11);  // 198.51.100.8
std::string const binary_v6 =
    binary_header(false, std::string_view{"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 16}, 0x21);  // 2001:db8::7
std::string const local = binary_header(true, {}, 0);

daemon_options behind(std::vector<std::string> more = {}, std::string const& trusted = "127.0.0.1")
{
    daemon_options options{demonstration()};
    options.arguments = {"--listen.public.proxy-protocol=yes", "--listen.public.trusted-proxies=" + trusted,
                         "--log.format=json"};
    options.arguments.insert(options.arguments.end(), more.begin(), more.end());
    return options;
}

std::string listed_address(raw_client& client, std::string_view headers = {})
{
    client.send(post(issue_path, acme_administrator, headers));
    auto const token = std::string{check_ok(client.receive()).at("token").as_string()};
    client.send(post("/authentication/sessions", token_body(token)));
    auto const data = check_ok(client.receive());
    std::string address;
    for (auto const& one : data.at("sessions").as_array())
        if (one.as_object().at("current").as_bool())
            address = one.as_object().at("client_address").as_string();
    return address;
}

std::string client_field(std::string_view address) { return R"("client":")" + std::string{address} + '"'; }

bool is_closed(raw_client& client) { return client.receive_bytes_until_closed().empty(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(proxy_protocol_)

BOOST_AUTO_TEST_CASE(a_header_of_either_version_names_the_client_for_the_log_and_for_the_sessions)
{
    daemon_process const tokend{behind()};
    for (auto const& [header, address] :
         std::vector<std::pair<std::string, std::string>>{{std::string{text_header}, "198.51.100.7"},
                                                          {binary_v4, "198.51.100.8"},
                                                          {binary_v6, "2001:db8::7"},
                                                          {local, "127.0.0.1"},
                                                          {"PROXY UNKNOWN\r\n", "127.0.0.1"}})
    {
        raw_client client{tokend.address()};
        client.send(header);
        BOOST_TEST(listed_address(client) == address);
        BOOST_TEST(listed_address(client) == address);
        BOOST_TEST(tokend.logs(client_field(address)));
    }
    BOOST_TEST(tokend.log().find("PROXY header") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_header_may_come_byte_by_byte_or_together_with_requests)
{
    daemon_process const tokend{behind()};
    for (auto const& header : {std::string{text_header}, binary_v4, binary_v6, local})
    {
        raw_client slow{tokend.address()};
        int const yes = 1;
        ::setsockopt(slow.socket(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        for (char const byte : header + std::string{get_health})
            slow.send({&byte, 1});
        BOOST_TEST(slow.receive().status == 200);
        raw_client quick{tokend.address()};
        quick.send(header + std::string{get_health} + std::string{get_health});
        BOOST_TEST(quick.receive().status == 200);
        BOOST_TEST(quick.receive().status == 200);
    }
}

BOOST_AUTO_TEST_CASE(a_connection_without_a_header_is_closed_and_logged)
{
    daemon_process const tokend{behind()};
    raw_client client{tokend.address()};
    client.send(post(issue_path, administrator));
    BOOST_TEST(is_closed(client));
    BOOST_TEST(tokend.logs(not_begun));
    BOOST_TEST(tokend.logs(R"("header":"malformed")"));
}

BOOST_AUTO_TEST_CASE(a_malformed_header_is_closed_unanswered)
{
    daemon_process const tokend{behind()};
    auto wrong_version = binary_v4;
    wrong_version[12] = '\x31';
    for (auto const& header :
         {std::string{"PROXY TCP4 198.51.100.7 10.0.0.1 40000\r\n"}, std::string{"PROXY TCP4 ::1 ::1 1 1\r\n"},
          "PROXY UNKNOWN " + std::string(200, 'x') + "\r\n", wrong_version,
          binary_v4.substr(0, 14) + std::string(50, '\xff')})
    {
        raw_client client{tokend.address()};
        client.send(header + std::string{get_health});
        BOOST_TEST(is_closed(client));
    }
    BOOST_TEST(tokend.logs(not_begun));
}

BOOST_AUTO_TEST_CASE(a_header_that_does_not_arrive_in_time_is_closed)
{
    daemon_process const tokend{behind({"--http.header-timeout=100ms"})};
    raw_client silent{tokend.address()};
    raw_client cut{tokend.address()};
    cut.send(text_header.substr(0, 20));
    BOOST_TEST(is_closed(cut));
    BOOST_TEST(is_closed(silent));
    BOOST_TEST(tokend.logs(R"("header":"incomplete")"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_ends_in_the_middle_of_its_header_is_closed_before_the_deadline)
{
    daemon_process const tokend{behind({"--http.header-timeout=1h"})};
    raw_client client{tokend.address()};
    client.send(binary_v6.substr(0, 30));
    client.finish_sending();
    BOOST_TEST(is_closed(client));
    raw_client check{tokend.address()};  // as a load balancer looks whether somebody listens
    check.finish_sending();
    BOOST_TEST(is_closed(check));
    BOOST_TEST(tokend.logs(R"("header":"incomplete")"));
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_not_trusted_is_closed_whatever_it_sends)
{
    daemon_process const tokend{behind({}, "127.0.0.1, 198.51.100.0/24, unix")};
    raw_client stranger{tokend.address(), "127.0.0.9"};
    stranger.send(std::string{text_header} + std::string{get_health});
    BOOST_TEST(is_closed(stranger));
    BOOST_TEST(tokend.logs(not_trusted));
    BOOST_TEST(tokend.logs(R"("peer":"127.0.0.9")"));
    BOOST_TEST(tokend.log().find("198.51.100.7") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_that_the_header_names_has_to_be_trusted_to_name_another_one)
{
    daemon_process const tokend{
        behind({"--listen.public.client-address-from=x-forwarded-for"}, "127.0.0.1, 198.51.100.7")};
    constexpr std::string_view forwarded = "X-Forwarded-For: 203.0.113.1\r\n";
    raw_client proxy{tokend.address()};
    proxy.send(text_header);
    BOOST_TEST(listed_address(proxy, forwarded) == "203.0.113.1");
    raw_client client{tokend.address()};
    client.send(binary_v4);
    BOOST_TEST(listed_address(client, forwarded) == "198.51.100.8");
    raw_client own{tokend.address()};
    own.send(local);
    BOOST_TEST(listed_address(own, forwarded) == "203.0.113.1");
}

BOOST_AUTO_TEST_CASE(a_proxy_may_connect_to_a_unix_socket)
{
    temporary_folder const folder;
    auto options = behind({}, "unix");
    options.address = "unix:" + (folder / "s").string();
    daemon_process const tokend{options};
    raw_client client{tokend.address()};
    client.send(text_header.substr(0, 10));
    client.send(text_header.substr(10));
    BOOST_TEST(listed_address(client) == "198.51.100.7");
    raw_client health_check{tokend.address()};
    health_check.send(local);
    BOOST_TEST(listed_address(health_check) == "unix");
}

BOOST_AUTO_TEST_CASE(one_connection_too_many_is_answered_behind_its_header)
{
    daemon_process const tokend{behind({"--server.max-connections=1"})};
    raw_client first{tokend.address()};
    first.send(std::string{text_header} + std::string{get_health});
    BOOST_TEST(first.receive().status == 200);
    raw_client second{tokend.address()};
    second.send(binary_v4);
    auto const answers = second.receive_until_closed();
    BOOST_TEST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(answers[0].status == 503);
    BOOST_TEST(tokend.logs(client_field("198.51.100.8")));
}

BOOST_AUTO_TEST_CASE(a_header_that_is_not_complete_does_not_hold_up_a_stop)
{
    daemon_process tokend{behind({"--http.header-timeout=1h"})};
    raw_client client{tokend.address()};
    client.send(text_header.substr(0, 20));
    raw_client other{tokend.address()};
    other.send(std::string{text_header} + std::string{get_health});
    BOOST_TEST(other.receive().status == 200);
    tokend.stop();
    BOOST_TEST(is_closed(client));
    BOOST_TEST(tokend.log().find("within drain-timeout") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
