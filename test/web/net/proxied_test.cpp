// The PROXY header before a stream, over a pair of sockets.
#include "web/net/proxied.hpp"

#include "web/net/plain_stream.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

using namespace tokend;

namespace {

constexpr std::string_view header = "PROXY TCP4 198.51.100.7 10.0.0.1 40000 443\r\n";

// Has a handshake of its own: one byte, which has to be there at once.
class greeted : public plain_stream
{
public:
    using plain_stream::plain_stream;
    transfer handshake() noexcept
    {
        std::array<char, 1> byte;
        auto const got = read(byte);
        greeting = got.bytes == 1 ? byte[0] : greeting;
        return got;
    }
    char greeting = '-';
};

template <class Stream>
class pair
{
public:
    pair() : ends_{make()}, stream{wrap(loop_, ends_[0])} {}
    ~pair() { ::close(ends_[1]); }

    void send(std::string_view bytes)
    {
        BOOST_REQUIRE(::send(ends_[1], bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
    void end() { ::shutdown(ends_[1], SHUT_WR); }
    std::string read()
    {
        std::array<char, 100> bytes;
        return {bytes.data(), stream.read(bytes).bytes};
    }

private:
    static std::array<int, 2> make()
    {
        std::array<int, 2> ends;
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        return ends;
    }
    static stream_socket wrap(asio::io_context& loop, int descriptor)
    {
        asio::generic::stream_protocol const any{AF_UNIX, 0};
        return stream_socket{loop.get_executor(), any, descriptor};
    }

    asio::io_context loop_{1};
    std::array<int, 2> const ends_;

public:
    proxied<Stream> stream;
};

constexpr auto done = transfer::outcome::done;
constexpr auto would_block = transfer::outcome::would_block;
constexpr auto ended = transfer::outcome::ended;

}  // namespace

BOOST_AUTO_TEST_SUITE(proxied_)

BOOST_AUTO_TEST_CASE(a_header_is_taken_off_byte_by_byte_and_nothing_behind_it)
{
    pair<plain_stream> p;
    for (char const byte : header)
    {
        BOOST_TEST((p.stream.handshake().outcome == would_block));
        BOOST_TEST(!p.stream.named_client());
        p.send({&byte, 1});
    }
    p.send("GET /");
    BOOST_TEST((p.stream.handshake().outcome == done));
    BOOST_TEST(p.stream.named_client().value().text() == "198.51.100.7");
    BOOST_TEST(p.stream.header_fault() == "");
    BOOST_TEST(p.read() == "GET /");
}

BOOST_AUTO_TEST_CASE(a_header_and_what_follows_may_come_at_once)
{
    for (std::size_t cut = 0; cut <= header.size(); ++cut)
    {
        pair<plain_stream> p;
        p.send(header.substr(0, cut));
        BOOST_TEST((p.stream.handshake().outcome == (cut == header.size() ? done : would_block)));
        p.send(std::string{header.substr(cut)} + header.data());
        BOOST_TEST((p.stream.handshake().outcome == done));
        BOOST_TEST(p.read() == header);
    }
}

BOOST_AUTO_TEST_CASE(the_handshake_of_the_stream_comes_after_the_header)
{
    pair<greeted> p;
    p.send(header.substr(0, 20));
    BOOST_TEST((p.stream.handshake().outcome == would_block));
    p.send(header.substr(20));
    BOOST_TEST((p.stream.handshake().outcome == would_block));
    BOOST_TEST(p.stream.named_client().value().text() == "198.51.100.7");
    p.send("!GET /");
    BOOST_TEST((p.stream.handshake().outcome == done));
    BOOST_TEST(p.read() == "GET /");
}

BOOST_AUTO_TEST_CASE(a_malformed_header_ends_the_connection_and_has_a_fault)
{
    pair<plain_stream> p;
    p.send("GET / HTTP/1.1\r\n");
    BOOST_TEST((p.stream.handshake().outcome == ended));
    BOOST_TEST(p.stream.header_fault() == "malformed");
}

BOOST_AUTO_TEST_CASE(a_header_that_is_cut_is_incomplete_and_no_header_is_no_fault)
{
    for (std::string_view const part : {"", "PROXY TCP4 1"})
    {
        pair<plain_stream> p;
        p.send(part);
        p.end();
        BOOST_TEST((p.stream.handshake().outcome == ended));
        BOOST_TEST(p.stream.header_fault() == (part.empty() ? "" : "incomplete"));
    }
}

BOOST_AUTO_TEST_CASE(a_header_without_an_address_names_nobody)
{
    pair<plain_stream> p;
    p.send("PROXY UNKNOWN\r\n");
    BOOST_TEST((p.stream.handshake().outcome == done));
    BOOST_TEST(!p.stream.named_client());
}

BOOST_AUTO_TEST_SUITE_END()
