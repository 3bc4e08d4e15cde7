// PROXY headers: a table of bytes and of what they are, and every one of them byte by byte.
#include "http/proxy_header.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

inline std::ostream& operator<<(std::ostream& to, proxy_header::state s)
{
    constexpr std::string_view names[] = {"incomplete", "malformed", "complete"};
    return to << names[static_cast<std::size_t>(s)];
}

}  // namespace tokend

namespace tokend::test {
namespace {

using state = proxy_header::state;

constexpr std::string_view own = "own";

std::string bytes(std::string_view text) { return std::string{text}; }

// A header of version 2. Its length is the length of the block, unless another is given.
std::string binary(unsigned char command, unsigned char transport, std::string_view block, std::size_t length)
{
    std::string header{"\r\n\r\n\0\r\nQUIT\n", 12};
    header += static_cast<char>(command);
    header += static_cast<char>(transport);
    header += static_cast<char>(length >> 8);
    header += static_cast<char>(length & 0xff);
    return header.append(block);
}
std::string binary(unsigned char command, unsigned char transport, std::string_view block)
{
    return binary(command, transport, block, block.size());
}

// 198.51.100.7:40000 to 10.0.0.1:443
std::string const v4_block{"\xc6\x33\x64\x07\x0a\x00\x00\x01\x9c\x40\x01\xbb", 12};
// [2001:db8::7]:40000 to [2001:db8::1]:443
std::string const v6_block = bytes({"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07", 16}) +
                             bytes({"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16}) + bytes({"\x9c\x40\x01\xbb", 4});
std::string const mapped_block = bytes({"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33\x64\x07", 16}) + v6_block.substr(16);
std::string const tlv{"\x03\x00\x04\x01\x02\x03\x04", 7};

struct good
{
    std::string header;
    std::string_view client;
};

std::vector<good> good_headers()
{
    std::vector<good> all;
    for (std::string_view const line : {"TCP4 198.51.100.7 10.0.0.1 40000 443", "TCP4 198.51.100.7 10.0.0.1 0 65535",
                                        "TCP6 ::ffff:198.51.100.7 ::1 1 2"})
        all.push_back({"PROXY " + bytes(line) + "\r\n", "198.51.100.7"});
    all.push_back({"PROXY TCP6 2001:db8::7 2001:db8::1 40000 443\r\n", "2001:db8::7"});
    all.push_back({"PROXY UNKNOWN\r\n", own});
    all.push_back({"PROXY UNKNOWN whatever  follows here\r\n", own});
    all.push_back({"PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
                   "65535 65535\r\n",
                   own});  // 107 bytes, the longest of all
    all.push_back({binary(0x21, 0x11, v4_block), "198.51.100.7"});
    all.push_back({binary(0x21, 0x11, v4_block + tlv), "198.51.100.7"});
    all.push_back({binary(0x21, 0x21, v6_block), "2001:db8::7"});
    all.push_back({binary(0x21, 0x21, v6_block + tlv + tlv), "2001:db8::7"});
    all.push_back({binary(0x21, 0x21, mapped_block), "198.51.100.7"});
    all.push_back({binary(0x21, 0x11, v4_block + std::string(proxy_header::most_bytes - 28, 'x')), "198.51.100.7"});
    all.push_back({binary(0x20, 0x00, ""), own});          // LOCAL, as a health check sends it
    all.push_back({binary(0x20, 0x11, v4_block), own});    // LOCAL: the block is skipped
    all.push_back({binary(0x20, 0xff, "anything"), own});  // LOCAL: even the family is ignored
    all.push_back({binary(0x21, 0x00, ""), own});          // unspecified
    all.push_back({binary(0x21, 0x00, "anything"), own});
    all.push_back({binary(0x21, 0x12, v4_block), own});  // datagrams
    all.push_back({binary(0x21, 0x22, v6_block), own});
    all.push_back({binary(0x21, 0x31, std::string(216, '\0')), own});  // Unix sockets
    all.push_back({binary(0x21, 0x32, std::string(216, 'x')), own});
    return all;
}

std::vector<std::string> bad_headers()
{
    std::vector<std::string> all{
        "GET / HTTP/1.1\r\n",
        "\x16\x03\x01\x02",  // TLS
        "PROXY\tTCP4",
        "PROXYTCP4",
        "proxy TCP4",
        "\r\n\r\n\r\n",
        "PROXY \r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP5 198.51.100.7 10.0.0.1 1 2\r\n",
        "PROXY UNKNOWNS\r\n",
        "PROXY unknown\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 1\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 1 2 3\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 1 2 \r\n",
        "PROXY TCP4  198.51.100.7 10.0.0.1 1 2\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1  1 2\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 1 65536\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 01 2\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 -1 2\r\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 1 2\n",
        "PROXY TCP4 198.51.100.7 10.0.0.1 1 2\r\r\n",
        "PROXY TCP4 198.51.100.7\t10.0.0.1 1 2\r\n",
        "PROXY TCP4 198.51.100.256 10.0.0.1 1 2\r\n",
        "PROXY TCP4 198.51.100.07 10.0.0.1 1 2\r\n",
        "PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n",
        "PROXY TCP4 ::ffff:198.51.100.7 10.0.0.1 1 2\r\n",
        "PROXY TCP6 198.51.100.7 10.0.0.1 1 2\r\n",
        "PROXY TCP6 2001:db8::7 10.0.0.1 1 2\r\n",
        "PROXY TCP6 [2001:db8::7] ::1 1 2\r\n",
        "PROXY TCP6 fe80::1%lo ::1 1 2\r\n",
        "PROXY UNKNOWN " + std::string(92, 'x') + "\r\n",  // 108 bytes
        "PROXY UNKNOWN " + std::string(200, 'x'),
        bytes({"PROXY UNKNOWN \0\r\n", 17}),
        binary(0x22, 0x11, v4_block),  // no such command
        binary(0x11, 0x11, v4_block),  // no such version
        binary(0x21, 0x10, v4_block),  // no such transport
        binary(0x21, 0x13, v4_block),
        binary(0x21, 0x41, v4_block),
        binary(0x21, 0x11, v4_block.substr(1)),  // shorter than two addresses
        binary(0x21, 0x11, ""),
        binary(0x21, 0x21, v4_block),
        binary(0x21, 0x31, v6_block),
        binary(0x21, 0x11, v4_block, proxy_header::most_bytes - 15),  // one byte more than the largest
        binary(0x20, 0x00, "", 0xffff),
    };
    all.push_back(binary(0x21, 0x11, v4_block));
    all.back()[11] = '\r';
    return all;
}

BOOST_AUTO_TEST_SUITE(proxy_header_)

BOOST_AUTO_TEST_CASE(a_header_names_the_client_or_leaves_the_connections_own_address)
{
    for (auto const& g : good_headers())
    {
        auto const read = read_proxy_header(g.header);
        BOOST_TEST_CONTEXT(g.header)
        {
            BOOST_TEST(read.what == state::complete);
            BOOST_TEST(read.size == g.header.size());
            BOOST_TEST((read.client ? read.client->text() : std::string{own}) == g.client);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_header_that_arrives_byte_by_byte_is_incomplete_until_its_last_byte)
{
    for (auto const& g : good_headers())
        for (std::size_t there = 0; there < g.header.size(); ++there)
        {
            auto const read = read_proxy_header(std::string_view{g.header}.substr(0, there));
            BOOST_TEST(read.what == state::incomplete, g.header << " cut to " << there);
            BOOST_TEST(!read.client);
        }
}

BOOST_AUTO_TEST_CASE(what_follows_a_header_is_not_a_part_of_it)
{
    for (auto const& g : good_headers())
        for (std::string_view const more :
             {"G", "GET / HTTP/1.1\r\n\r\n", "\r\n", "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r\n"})
        {
            auto const read = read_proxy_header(g.header + bytes(more));
            BOOST_TEST(read.what == state::complete);
            BOOST_TEST(read.size == g.header.size());
            BOOST_TEST((read.client ? read.client->text() : std::string{own}) == g.client);
        }
}

BOOST_AUTO_TEST_CASE(a_malformed_header_is_never_complete_and_more_bytes_do_not_mend_it)
{
    for (auto const& header : bad_headers())
        BOOST_TEST_CONTEXT(header)
        {
            bool was_malformed = false;
            for (std::size_t there = 0; there <= header.size(); ++there)
            {
                auto const now = read_proxy_header(std::string_view{header}.substr(0, there)).what;
                BOOST_TEST(now != state::complete);
                BOOST_TEST((!was_malformed || now == state::malformed), "cut to " << there);
                was_malformed = now == state::malformed;
            }
            BOOST_TEST(was_malformed);
        }
}

BOOST_AUTO_TEST_CASE(a_request_or_a_handshake_without_a_header_is_malformed_at_the_first_byte_that_differs)
{
    for (std::string_view const first : {"G", "\x16", "PO", "PROXX", "\r\n\r\n\r", "\n"})
        BOOST_TEST(read_proxy_header(first).what == state::malformed, first);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
