// The stream over a socket, against a client whose bytes the test carries.
#include "web/net/tls_stream.hpp"

#include "web/net/far_client.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <csignal>
#include <optional>
#include <string>

using namespace tokend;
using namespace tokend::test;

namespace {

using outcome = enum transfer::outcome;

struct rig
{
    explicit rig(client_settings const& how = {}, tls_options options = {})
        : context{with_certificate(std::move(options)), std::make_shared<ticket_keys>()},
          client{loop, how},
          stream{std::in_place, client.take_near_end(), context}
    {}
    tls_options with_certificate(tls_options options) const
    {
        options.certificates = {files.put("c.pem", issue({}))};
        return options;
    }
    void shake_hands()
    {
        for (int i = 0; i < 10; ++i)
        {
            bool const client_is_done = client.shake_hands();
            bool const server_is_done = server_done || stream->handshake().outcome == outcome::done;
            server_done = server_is_done;
            if (client_is_done && server_is_done)
                return;
        }
        BOOST_TEST_REQUIRE(false, "no handshake: " << stream->failure());
    }
    // One read into a buffer of that size. Keeps what it said in `got`.
    std::string read(std::size_t size = 10'000)
    {
        std::string text(size, '\0');
        got = stream->read(text);
        text.resize(got.bytes);
        return text;
    }
    // Writes all, while the client reads.
    void write_all(std::string const& text)
    {
        std::size_t sent = 0;
        while (sent < text.size())
        {
            auto const gone = stream->write(std::string_view{text}.substr(sent));
            BOOST_TEST_REQUIRE((gone.outcome != outcome::ended));
            sent += gone.bytes;
            received += client.receive();
        }
    }

    tls_files files;
    asio::io_context loop{1};
    tls_context context;
    far_client client;
    std::optional<tls_stream> stream;
    bool server_done = false;
    transfer got;
    std::string received;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_stream_)

BOOST_AUTO_TEST_CASE(a_handshake_waits_for_input_byte_by_byte)
{
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        rig r{{.greatest_version = version}};
        int steps = 0;
        for (int flight = 0; flight < 10 && !r.server_done; ++flight)
        {
            r.client.receive();  // SSL_read does the handshake
            for (char const byte : r.client.outgoing())
            {
                r.client.send_raw({&byte, 1});
                r.got = r.stream->handshake();
                ++steps;
                r.server_done = r.got.outcome == outcome::done;
                BOOST_TEST_REQUIRE((r.server_done || r.got.outcome == outcome::would_block));
                BOOST_TEST((r.got.blocked_on == blocked_on::input));
            }
        }
        BOOST_TEST(r.server_done);
        BOOST_TEST(steps > 200);
        r.client.receive();
        r.client.send("hello");
        BOOST_TEST(r.read() == "hello");
    }
}

BOOST_AUTO_TEST_CASE(a_record_is_read_when_its_last_byte_has_come)
{
    rig r;
    r.shake_hands();
    r.client.put("hello");
    auto const record = r.client.outgoing();
    for (std::size_t i = 0; i < record.size(); ++i)
    {
        BOOST_TEST(r.read().empty());
        BOOST_TEST((r.got.outcome == outcome::would_block));
        BOOST_TEST((r.got.blocked_on == blocked_on::input));
        r.client.send_raw(record.substr(i, 1));
    }
    BOOST_TEST(r.read() == "hello");
    BOOST_TEST((r.got.outcome == outcome::done));
}

// An answer costs one read and one write of the socket, as it does without TLS.
BOOST_AUTO_TEST_CASE(a_record_that_comes_whole_drains_the_socket)
{
    rig r;
    r.shake_hands();
    for (int i = 0; i < 3; ++i)
    {
        r.client.send("hello");
        BOOST_TEST(r.read() == "hello");
        BOOST_TEST(r.got.drained);
    }
}

// No event of the poller comes for what OpenSSL holds back.
BOOST_AUTO_TEST_CASE(it_is_drained_only_if_neither_openssl_nor_the_socket_holds_anything)
{
    rig r;
    r.shake_hands();
    r.client.send("0123456789");
    BOOST_TEST(r.read(4) == "0123");
    BOOST_TEST(!r.got.drained);
    BOOST_TEST(r.read(4) == "4567");
    BOOST_TEST(!r.got.drained);
    BOOST_TEST(r.read(4) == "89");
    r.client.put("first");
    r.client.put("second");
    r.client.send("third");
    std::string all;
    do
    {
        all += r.read();
        BOOST_TEST_REQUIRE((r.got.outcome == outcome::done || all.size() == 16));
    } while (!r.got.drained && r.got.outcome == outcome::done);
    BOOST_TEST(all == "firstsecondthird");
}

// The poller has reported what came after the last read of the socket, and reports it no second time.
BOOST_AUTO_TEST_CASE(what_openssl_held_back_says_nothing_about_the_socket)
{
    rig r;
    r.shake_hands();
    r.client.put("first");
    r.client.send("second");
    BOOST_TEST(r.read() == "first");
    r.client.send("third");
    BOOST_TEST(r.read() == "second");
    BOOST_TEST(!r.got.drained);
    BOOST_TEST(r.read() == "third");
}

BOOST_AUTO_TEST_CASE(a_record_cut_by_the_end_of_a_segment_is_not_lost)
{
    rig r;
    r.shake_hands();
    r.client.put("first");
    r.client.put("second");
    auto const bytes = r.client.outgoing();
    r.client.send_raw(std::string_view{bytes}.substr(0, bytes.size() - 3));
    BOOST_TEST(r.read() == "first");
    BOOST_TEST(r.read().empty());
    BOOST_TEST((r.got.outcome == outcome::would_block));
    r.client.send_raw(std::string_view{bytes}.substr(bytes.size() - 3));
    BOOST_TEST(r.read() == "second");
}

BOOST_AUTO_TEST_CASE(a_write_waits_for_room_and_goes_on_from_another_place)
{
    rig r;
    r.shake_hands();
    std::string text;
    for (int i = 0; text.size() < 3'000'000; ++i)
        text += std::to_string(i) + ' ';
    std::size_t sent = 0;
    int waits = 0;
    while (sent < text.size())
    {
        std::string const moved{text.substr(sent, 50'000)};  // at another address each time
        auto const gone = r.stream->write(moved);
        BOOST_TEST_REQUIRE((gone.outcome != outcome::ended));
        sent += gone.bytes;
        if (gone.outcome == outcome::done)
            continue;
        BOOST_TEST((gone.blocked_on == blocked_on::room));
        ++waits;
        r.received += r.client.receive();
    }
    r.received += r.client.receive();
    BOOST_TEST(waits > 2);
    BOOST_TEST((r.received == text));
}

BOOST_AUTO_TEST_CASE(a_client_that_ends_its_side_in_order_still_gets_its_answers)
{
    rig r;
    r.shake_hands();
    r.client.put("last");
    SSL_shutdown(r.client.ssl());
    r.client.send_raw(r.client.outgoing());
    BOOST_TEST(r.read() == "last");
    BOOST_TEST(!r.got.drained);
    r.read();
    BOOST_TEST((r.got.outcome == outcome::ended));
    r.write_all("answer");
    BOOST_TEST(r.received == "answer");
}

BOOST_AUTO_TEST_CASE(an_end_without_close_notify_ends_the_input)
{
    rig r;
    r.shake_hands();
    r.client.send("last");
    r.client.close();
    BOOST_TEST(r.read() == "last");
    r.read();
    BOOST_TEST((r.got.outcome == outcome::ended));
}

BOOST_AUTO_TEST_CASE(the_output_ends_with_close_notify)
{
    rig r;
    r.shake_hands();
    r.write_all("answer");
    r.stream->shutdown_send();
    r.client.receive();
    BOOST_TEST(r.client.has_close_notify());
    BOOST_TEST(r.client.is_closed());
    r.client.send("more");  // a lingering connection reads on
    BOOST_TEST(r.read() == "more");
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_destroyed_says_close_notify)
{
    rig r;
    r.shake_hands();
    r.stream.reset();
    r.client.receive();
    BOOST_TEST(r.client.has_close_notify());
    BOOST_TEST(r.client.is_closed());
}

// SIGPIPE ends a program that does not expect it.
BOOST_AUTO_TEST_CASE(a_write_to_a_client_that_is_gone_ends_the_output_and_not_the_process)
{
    auto const before = std::signal(SIGPIPE, SIG_DFL);
    rig r;
    r.shake_hands();
    r.client.close();
    transfer gone;
    for (int i = 0; i < 3; ++i)
        gone = r.stream->write("answer");
    BOOST_TEST((gone.outcome == outcome::ended));
    r.stream->shutdown_send();
    r.stream.reset();
    std::signal(SIGPIPE, before);
}

BOOST_AUTO_TEST_CASE(renegotiation_is_refused_and_the_connection_goes_on)
{
    rig r{{.greatest_version = TLS1_2_VERSION}};
    r.shake_hands();
    BOOST_TEST_REQUIRE(SSL_renegotiate(r.client.ssl()) == 1);
    SSL_do_handshake(r.client.ssl());
    r.client.send_raw(r.client.outgoing());
    r.read();
    BOOST_TEST((r.got.outcome == outcome::would_block));
    ERR_clear_error();
    r.client.receive();
    BOOST_TEST(ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_NO_RENEGOTIATION);
}

BOOST_AUTO_TEST_CASE(a_client_may_ask_for_new_keys_between_its_requests)
{
    rig r;
    r.shake_hands();
    for (int i = 0; i < 3; ++i)
    {
        BOOST_TEST_REQUIRE(SSL_key_update(r.client.ssl(), SSL_KEY_UPDATE_REQUESTED) == 1);
        r.client.send("hello");
        std::string all;
        while (all.empty())
        {
            all = r.read();
            BOOST_TEST_REQUIRE((r.got.outcome != outcome::ended));
        }
        BOOST_TEST(all == "hello");
        r.received.clear();
        r.write_all("answer");
        BOOST_TEST(r.received == "answer");
    }
}

BOOST_AUTO_TEST_CASE(a_handshake_that_fails_tells_why_but_not_when_the_client_went_away)
{
    rig garbage;
    garbage.client.send_raw("\x16\x03\x01\xff\xff\xff\xff");
    BOOST_TEST((garbage.stream->handshake().outcome == outcome::ended));
    BOOST_TEST(!garbage.stream->failure().empty());
    BOOST_TEST(!garbage.stream->is_plain_http());

    rig plain;
    plain.client.send_raw("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_TEST((plain.stream->handshake().outcome == outcome::ended));
    BOOST_TEST(plain.stream->failure() == "http request");
    BOOST_TEST(plain.stream->is_plain_http());

    rig gone;
    gone.client.close();
    BOOST_TEST((gone.stream->handshake().outcome == outcome::ended));
    BOOST_TEST(gone.stream->failure().empty());
}

BOOST_AUTO_TEST_CASE(the_subject_of_a_client_is_text_by_rfc_4514)
{
    auto const authority = make_authority("clients");
    auto const machine = issue({.common_name = "Zo\xc3\xab, \"desk\" <4>"}, &authority);
    tls_files const files;
    tls_options const asks{.client_ca = files.put("ca.pem", authority.pem()),
                           .client_certificates = client_certificates::optional};
    rig named{{.certificate = &machine}, asks};
    named.shake_hands();
    BOOST_TEST(named.stream->client_subject() == "CN=Zo\xc3\xab\\, \\\"desk\\\" \\<4\\>");
    rig anonymous{{}, asks};
    anonymous.shake_hands();
    BOOST_TEST(anonymous.stream->client_subject().empty());
    BOOST_TEST(anonymous.stream->version() == "TLSv1.3");
    BOOST_TEST(!anonymous.stream->is_resumed());
}

BOOST_AUTO_TEST_SUITE_END()
