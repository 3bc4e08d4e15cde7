#include "base/address.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>

using namespace tokend;
using namespace std::string_view_literals;
namespace data = boost::unit_test::data;

namespace {

std::string_view const no_hosts[] = {"",
                                     " ",
                                     "1.2.3",
                                     "1.2.3.4.5",
                                     "1.2.3.256",
                                     "01.2.3.4",
                                     "1.2.3.4 ",
                                     "0x7f.0.0.1",
                                     "127.1",
                                     "1.2.3.4%1",
                                     "localhost",
                                     ":",
                                     ":::",
                                     "1::2::3",
                                     "12345::",
                                     "1:2:3:4:5:6:7",
                                     "1:2:3:4:5:6:7:8:9",
                                     "::1.2.3",
                                     "::g",
                                     "[::1]",
                                     "::1%lo",
                                     "fe80::1%",
                                     "fe80::1%0",
                                     "fe80::1%no-such-interface",
                                     "fe80::1%4294967296",
                                     "::1/128",
                                     "127.0.0.1\0"sv,
                                     "fe80::1%1\0"sv,
                                     "0000:0000:0000:0000:0000:0000:255.255.255.255:0000"};
std::string_view const no_networks[] = {"",
                                        "/",
                                        "/8",
                                        "10.0.0.0/",
                                        "10.0.0.0/33",
                                        "10.0.0.0/-1",
                                        "10.0.0.0/+8",
                                        "10.0.0.0/08",
                                        "10.0.0.0/00",
                                        "10.0.0.0/8 ",
                                        "10.0.0.0 /8",
                                        "10.0.0.0/8/8",
                                        "10.0.0.0/255.0.0.0",
                                        "10.0.0.0/4294967304",
                                        "10/8",
                                        "10.0.0.1/8",
                                        "10.128.0.0/8",
                                        "0.0.0.1/0",
                                        "10.0.0.1/31",
                                        "::/129",
                                        "::1/127",
                                        "2001:db8::1/32",
                                        "2001:db8:8000::/32",
                                        "[::]/0",
                                        "::ffff:10.0.0.0/95",
                                        "::ffff:10.0.0.1/104",
                                        "fe80::1%1",
                                        "fe80::%1/10",
                                        "localhost/8",
                                        "unix:/x"};
std::string_view const no_listening_addresses[] = {"",
                                                   ":",
                                                   "127.0.0.1",
                                                   "127.0.0.1:",
                                                   "127.0.0.1:65536",
                                                   "127.0.0.1:-1",
                                                   "127.0.0.1:http",
                                                   "127.0.0.1 :80",
                                                   "127.0.0.1: 80",
                                                   "127.0.0.1:80:80",
                                                   "127.0.0.1\0:80"sv,
                                                   "localhost",
                                                   "localhost:",
                                                   "localhost:65536",
                                                   "Localhost:80",
                                                   "localhost::80",
                                                   "example.org:8080",
                                                   "8080:8080",
                                                   "65536",
                                                   "-1",
                                                   "*:8080",
                                                   "::1:8080",
                                                   "::1",
                                                   "::",
                                                   "[::1]",
                                                   "[::1]:",
                                                   "[::1]80",
                                                   "[::1:80",
                                                   "::1]:80",
                                                   "[]:80",
                                                   "[[::1]]:80",
                                                   "[127.0.0.1]:80",
                                                   "[::ffff:127.0.0.1]:80",
                                                   "unix:",
                                                   "unix:/",
                                                   "unix:/run/",
                                                   "unix:/a\0b"sv,
                                                   "UNIX:/run/x",
                                                   "fd",
                                                   "fd:",
                                                   "fd:a:b",
                                                   "fd:a b",
                                                   "fd:a\x7f",
                                                   "fd:a\nb",
                                                   "FD:public"};

ip_address host(std::string_view text)
{
    auto const a = ip_address::parse(text);
    BOOST_TEST_REQUIRE(a.has_value(), text);
    return *a;
}

network block(std::string_view text)
{
    auto const n = network::parse(text);
    BOOST_TEST_REQUIRE(n.has_value(), text);
    return *n;
}

std::string listening(std::string_view text)
{
    auto const a = listening_address::parse(text);
    return a ? a->text() : "nothing";
}

sockaddr const& plain(sockaddr_in const& of) { return reinterpret_cast<sockaddr const&>(of); }
sockaddr const& plain(sockaddr_in6 const& of) { return reinterpret_cast<sockaddr const&>(of); }

sockaddr_in6 socket_address(std::initializer_list<unsigned char> last, std::uint32_t scope = 0)
{
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(8080);
    in.sin6_scope_id = scope;
    std::copy(last.begin(), last.end(), std::end(in.sin6_addr.s6_addr) - last.size());
    return in;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(address)

BOOST_DATA_TEST_CASE(what_is_no_ip_address_is_refused, data::make(no_hosts), text)
{
    BOOST_TEST(!ip_address::parse(text));
}

BOOST_DATA_TEST_CASE(what_is_no_network_is_refused, data::make(no_networks), text)
{
    BOOST_TEST(!network::parse(text));
}

BOOST_DATA_TEST_CASE(what_no_listener_listens_on_is_refused, data::make(no_listening_addresses), text)
{
    BOOST_TEST(listening(text) == "nothing");
}

BOOST_AUTO_TEST_CASE(an_address_has_one_text)
{
    for (auto const* const text : {"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::1"})
        BOOST_TEST(host(text).text() == text);
    BOOST_TEST(host("2001:0DB8:0:0:0:0:0:1").text() == "2001:db8::1");
    BOOST_TEST((host("2001:0DB8:0:0:0:0:0:1") == host("2001:db8::1")));
}

BOOST_AUTO_TEST_CASE(an_ipv4_address_mapped_into_ipv6_is_that_ipv4_address)
{
    for (auto const* const text : {"::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:192.0.2.1"})
    {
        BOOST_TEST(host(text).is_v4());
        BOOST_TEST((host(text) == host("192.0.2.1")));
        BOOST_TEST(host(text).text() == "192.0.2.1");
    }
    BOOST_TEST(!host("::192.0.2.1").is_v4());
    BOOST_TEST(!host("::fffe:192.0.2.1").is_v4());
}

BOOST_AUTO_TEST_CASE(a_link_local_address_may_name_its_interface)
{
    BOOST_TEST(host("fe80::1%1").scope() == 1U);
    BOOST_TEST((host("fe80::1%1") != host("fe80::1")));
    BOOST_TEST((host(host("fe80::1%1").text()) == host("fe80::1%1")));
    BOOST_TEST(host("fe80::1%4000000000").text() ==
               "fe80::1%4000000000");  // an interface that is not there has no name
    BOOST_TEST(host("ff02::1%1").scope() == 1U);
}

BOOST_AUTO_TEST_CASE(an_address_is_read_from_that_of_a_socket)
{
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(443);
    four.sin_addr.s_addr = htonl(0xc0000201);
    BOOST_TEST((ip_address::of(plain(four)) == host("192.0.2.1")));
    BOOST_TEST(tcp_address::of(plain(four))->text() == "192.0.2.1:443");

    BOOST_TEST((ip_address::of(plain(socket_address({1}))) == host("::1")));
    BOOST_TEST((ip_address::of(plain(socket_address({0xff, 0xff, 192, 0, 2, 1}))) == host("192.0.2.1")));
    BOOST_TEST(tcp_address::of(plain(socket_address({1})))->text() == "[::1]:8080");
    BOOST_TEST(ip_address::of(plain(socket_address({1}, 7)))->scope() == 0U);  // not link-local
    auto const local = socket_address({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 7);
    BOOST_TEST(ip_address::of(plain(local))->scope() == 7U);

    sockaddr_un here{};
    here.sun_family = AF_UNIX;
    BOOST_TEST(!ip_address::of(reinterpret_cast<sockaddr const&>(here)));
    BOOST_TEST(!tcp_address::of(reinterpret_cast<sockaddr const&>(here)));
}

BOOST_AUTO_TEST_CASE(loopback_is_known)
{
    for (auto const* const text : {"127.0.0.0", "127.255.255.255", "::1", "::ffff:127.0.0.1"})
        BOOST_TEST(host(text).is_loopback(), text);
    for (auto const* const text : {"0.0.0.0", "126.255.255.255", "128.0.0.0", "::", "::2", "1::1", "fe80::1", "7f00::"})
        BOOST_TEST(!host(text).is_loopback(), text);
    for (auto const* const text : {"127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "unix:/x", "localhost:80", "80", "fd:x"})
        BOOST_TEST(listening_address::parse(text)->is_loopback(), text);
    for (auto const* const text : {"0.0.0.0:80", "192.0.2.1:80", "[::]:80", "[2001:db8::1]:80"})
        BOOST_TEST(!listening_address::parse(text)->is_loopback(), text);
}

BOOST_AUTO_TEST_CASE(equal_addresses_have_equal_hashes)
{
    std::unordered_set<ip_address> const all{host("192.0.2.1"), host("192.0.2.2"), host("::1"), host("fe80::1%1"),
                                             host("fe80::1%2")};
    BOOST_TEST(all.size() == 5U);
    BOOST_TEST(all.contains(host("::ffff:192.0.2.1")));
    BOOST_TEST(!all.contains(host("192.0.2.3")));
}

BOOST_AUTO_TEST_CASE(a_network_holds_the_addresses_that_begin_with_its_prefix)
{
    struct
    {
        std::string_view network;
        std::string_view inside;
        std::string_view outside;
    } const cases[] = {{"10.0.0.0/8", "10.0.0.0", "9.255.255.255"},
                       {"10.0.0.0/8", "10.255.255.255", "11.0.0.0"},
                       {"10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"},
                       {"192.0.2.128/25", "192.0.2.128", "192.0.2.127"},
                       {"192.0.2.4/31", "192.0.2.5", "192.0.2.6"},
                       {"192.0.2.1", "192.0.2.1", "192.0.2.0"},
                       {"192.0.2.1/32", "192.0.2.1", "192.0.2.3"},
                       {"0.0.0.0/0", "255.255.255.255", "::1"},
                       {"::/0", "ffff::", "10.0.0.1"},
                       {"2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"},
                       {"2001:db8:8000::/33", "2001:db8:ffff::1", "2001:db8:7fff::1"},
                       {"::1", "::1", "::2"},
                       {"fe80::/10", "fe80::1%1", "fec0::1"},
                       {"::ffff:10.0.0.0/104", "10.1.2.3", "11.1.2.3"},
                       {"::ffff:10.0.0.1", "10.0.0.1", "10.0.0.0"}};
    for (auto const& c : cases)
    {
        BOOST_TEST_CONTEXT(c.network)
        {
            BOOST_TEST(block(c.network).contains(host(c.inside)));
            BOOST_TEST(!block(c.network).contains(host(c.outside)));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_network_has_one_text)
{
    BOOST_TEST(block("10.0.0.0/8").text() == "10.0.0.0/8");
    BOOST_TEST(block("192.0.2.1").text() == "192.0.2.1/32");
    BOOST_TEST(block("::1").text() == "::1/128");
    BOOST_TEST(block("::ffff:10.0.0.0/104").text() == "10.0.0.0/8");
    BOOST_TEST((block("::ffff:10.0.0.0/104") == block("10.0.0.0/8")));
    BOOST_TEST((block("10.0.0.0/8") != block("10.0.0.0/9")));
}

BOOST_AUTO_TEST_CASE(a_listening_address_has_one_text)
{
    for (auto const* const text : {"127.0.0.1:0", "0.0.0.0:65535", "[::1]:8080", "[::]:1", "unix:/run/x.sock"})
        BOOST_TEST(listening(text) == text);
    for (auto const* const text : {"localhost:8080", ":8080", "8080"})
        BOOST_TEST(listening(text) == "localhost:8080");
    BOOST_TEST(listening("[0::1]:080") == "[::1]:80");
    BOOST_TEST((listening_address::parse("8080") == listening_address::parse("localhost:8080")));
    BOOST_TEST((listening_address::parse("127.0.0.1:8080") != listening_address::parse("localhost:8080")));
}

BOOST_AUTO_TEST_CASE(one_client_is_an_ipv4_address_or_the_64_of_an_ipv6_address)
{
    auto const network = [](std::string_view address) {
        return network_of_client(ip_address::parse(address).value()).text();
    };
    BOOST_TEST(network("192.0.2.7") == "192.0.2.7/32");
    BOOST_TEST(network("::ffff:192.0.2.7") == "192.0.2.7/32");
    BOOST_TEST(network("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
    BOOST_TEST(network("2001:db8:1:2:ffff::1") == network("2001:db8:1:2::2"));
    BOOST_TEST(network("2001:db8:1:3::1") != network("2001:db8:1:2::1"));
    BOOST_TEST(
        network_of_client(ip_address::parse("2001:db8::1").value()).contains(ip_address::parse("2001:db8::2").value()));
}

BOOST_AUTO_TEST_CASE(localhost_is_an_address_of_each_family)
{
    auto const port = localhost_port::parse("localhost:8080");
    BOOST_TEST_REQUIRE(port.has_value());
    BOOST_TEST(port->v4().text() == "127.0.0.1:8080");
    BOOST_TEST(port->v6().text() == "[::1]:8080");
}

BOOST_AUTO_TEST_CASE(a_unix_socket_has_a_path_that_the_system_takes)
{
    auto const of = [](std::size_t bytes) { return "unix:/" + std::string(bytes - 1, 's'); };
    BOOST_TEST(listening(of(107)) == of(107));
    BOOST_TEST(listening(of(108)) == "nothing");
    BOOST_TEST(unix_path::parse("unix:s/../t.sock", "/run/tokend")->path == "/run/tokend/t.sock");
    BOOST_TEST(unix_path::parse("unix:/x", "/run/tokend")->path == "/x");
    BOOST_TEST(!unix_path::parse("unix:t.sock", "/" + std::string(101, 's')));
    BOOST_TEST(unix_path::parse("unix:t.sock", "/" + std::string(99, 's')).has_value());
}

BOOST_AUTO_TEST_CASE(an_inherited_socket_has_a_name_that_systemd_takes)
{
    auto const of = [](std::size_t bytes) { return "fd:" + std::string(bytes, 'n'); };
    for (auto const& text : {of(1), of(255), std::string{"fd:tokend.socket"}, std::string{"fd:~!x"}})
        BOOST_TEST(listening(text) == text);
    BOOST_TEST(listening(of(256)) == "nothing");
}

BOOST_AUTO_TEST_SUITE_END()
