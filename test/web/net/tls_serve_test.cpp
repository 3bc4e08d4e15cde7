// Whole connections over TLS, on a worker whose loop the test runs.
#include "support/count.hpp"
#include "support/written_log.hpp"
#include "web/net/far_client.hpp"
#include "web/net/streams.hpp"

#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;
using namespace tokend::test;

namespace {

struct rig
{
    explicit rig(front_tls limits = {}, tls_options options = {})
        : at{std::make_shared<front const>(front{.name = "public",
                                                 .routes = public_routes(),
                                                 .max_connections = 1000,
                                                 .tls = with_context(std::move(limits), std::move(options))})}
    {
        home.sockets().start([] {});
    }
    front_tls with_context(front_tls limits, tls_options options) const
    {
        options.certificates = {files.put("c.pem", issue({}))};
        limits.context = std::make_shared<tls_context const>(options, std::make_shared<ticket_keys>());
        return limits;
    }
    far_client& connect(client_settings const& how = {})
    {
        auto& c = *clients.emplace_back(std::make_unique<far_client>(home.loop(), how));
        auto serving = serve(c.take_near_end(), home, at, somebody());
        auto end = [this](std::exception_ptr) { ++ended; };
        asio::co_spawn(home.loop(), std::move(serving), end);
        run();
        return c;
    }
    void shake_hands(far_client& c)
    {
        for (int i = 0; i < 5; ++i)
        {
            bool const complete = c.shake_hands();
            run();
            if (complete)
                return;
        }
        BOOST_TEST_REQUIRE(false, "no handshake");
    }
    std::string ask(far_client& c)
    {
        c.send(request);
        run();
        return c.receive();
    }
    void run()
    {
        home.loop().restart();
        home.loop().poll();
    }
    std::string text()
    {
        shared.log.flush();
        return written.text();
    }

    written_log written;
    parts shared{{.level = log_level::debug, .descriptor = written.descriptor()}};
    tls_files files;
    std::shared_ptr<front const> at;
    std::vector<std::unique_ptr<far_client>> clients;
    int ended = 0;
    worker home{shared.services, shared.config, 0};
};

constexpr std::string_view ok = "HTTP/1.1 200 OK";

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_serve_)

BOOST_AUTO_TEST_CASE(requests_are_answered_after_the_handshake)
{
    rig r;
    auto& c = r.connect();
    BOOST_TEST(*r.at->handshakes == 1U);
    r.shake_hands(c);
    BOOST_TEST(*r.at->handshakes == 0U);
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(r.ask(c).starts_with(ok));
    BOOST_TEST(r.text().find("suite=TLS_AES_256_GCM_SHA384") != std::string::npos, r.text());
}

// The first request may come in the same segment as the client's last message of the handshake.
BOOST_AUTO_TEST_CASE(a_request_behind_the_handshake_and_many_in_one_segment_are_all_answered)
{
    rig r;
    auto& c = r.connect();
    c.receive();
    c.send_raw(c.outgoing());
    r.run();
    c.receive();
    std::string all;
    for (int i = 0; i < 10; ++i)
        c.put(request);
    all = c.outgoing();
    c.send_raw(all);
    r.run();
    BOOST_TEST(count(c.receive(), ok) == 10U);
}

BOOST_AUTO_TEST_CASE(a_request_byte_by_byte_is_answered)
{
    rig r;
    auto& c = r.connect();
    r.shake_hands(c);
    c.put(request);
    for (char const byte : c.outgoing())
    {
        c.send_raw({&byte, 1});
        r.run();
    }
    BOOST_TEST(c.receive().starts_with(ok));
}

BOOST_AUTO_TEST_CASE(the_last_response_is_followed_by_close_notify)
{
    rig r;
    auto& c = r.connect();
    r.shake_hands(c);
    c.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    r.run();
    BOOST_TEST(c.receive().starts_with(ok));
    BOOST_TEST(c.has_close_notify());
    BOOST_TEST(c.is_closed());
    BOOST_TEST(r.ended == 1);
}

BOOST_AUTO_TEST_CASE(a_handshake_beyond_the_cap_is_closed_and_others_go_on)
{
    rig r{{.max_handshakes = 2}};
    auto& first = r.connect();
    r.connect();
    auto& third = r.connect();
    BOOST_TEST(r.ended == 1);
    BOOST_TEST(!third.shake_hands());
    BOOST_TEST(third.is_closed());
    r.shake_hands(first);
    BOOST_TEST(r.ask(first).starts_with(ok));
    auto& fourth = r.connect();
    r.shake_hands(fourth);
    BOOST_TEST(r.ask(fourth).starts_with(ok));
    BOOST_TEST(r.text().find("reason=max-handshakes") != std::string::npos, r.text());
}

BOOST_AUTO_TEST_CASE(a_handshake_has_the_deadline_of_its_listener)
{
    rig r{{.handshake_timeout = 20ms}};
    auto& c = r.connect();
    r.home.loop().restart();
    while (r.ended == 0)  // the test's time limit ends it if this never comes
        r.home.loop().run_one();
    c.receive();
    BOOST_TEST(c.is_closed());
    BOOST_TEST(*r.at->handshakes == 0U);
}

BOOST_AUTO_TEST_CASE(a_draining_worker_ends_idle_connections_at_once_and_handshakes_when_they_are_not_new)
{
    rig r;
    auto& idle = r.connect();
    r.shake_hands(idle);
    BOOST_TEST(r.ask(idle).starts_with(ok));
    auto& begun = r.connect();
    begun.receive();
    auto const hello = begun.outgoing();
    begun.send_raw(std::string_view{hello}.substr(0, 100));
    r.run();
    r.home.drain();
    r.run();
    BOOST_TEST(r.ended == 1);
    r.home.loop().restart();
    while (r.ended == 1)  // the test's time limit ends it if this never comes
        r.home.loop().run_one();
    idle.receive();
    BOOST_TEST(idle.has_close_notify());
}

BOOST_AUTO_TEST_CASE(plain_http_is_answered_in_plain)
{
    rig r;
    auto& c = r.connect();
    c.send_raw(request);
    r.run();
    c.receive();  // moves the bytes into the client's buffer, where OpenSSL finds no TLS
    auto const text = r.text();
    BOOST_TEST(text.find("http request") != std::string::npos, text);
    BOOST_TEST(text.find("HTTP without TLS") != std::string::npos, text);
    BOOST_TEST(text.find("MALFORMED_REQUEST") != std::string::npos, text);
    BOOST_TEST(*r.at->handshakes == 0U);
}

BOOST_AUTO_TEST_CASE(one_connection_too_many_is_closed_without_a_handshake)
{
    rig r;
    far_client c{r.home.loop(), {}};
    auto turned_away = turn_away(c.take_near_end(), r.home, r.at, somebody());
    asio::co_spawn(r.home.loop(), std::move(turned_away), asio::detached);
    r.run();
    c.receive();
    BOOST_TEST(c.is_closed());
    BOOST_TEST(r.text().find("reason=max-connections") != std::string::npos, r.text());
}

BOOST_AUTO_TEST_CASE(the_subject_of_a_client_is_in_the_log_and_a_failure_with_its_reason)
{
    auto const authority = make_authority("clients");
    auto const machine = issue({.common_name = "machine"}, &authority);
    auto const stranger = issue({.common_name = "stranger"});
    tls_files const files;
    rig r{{},
          {.client_ca = files.put("ca.pem", authority.pem()), .client_certificates = client_certificates::required}};
    auto& good = r.connect({.certificate = &machine});
    r.shake_hands(good);
    BOOST_TEST(r.ask(good).starts_with(ok));
    auto& wrong = r.connect({.certificate = &stranger});
    for (int i = 0; i < 3; ++i)
    {
        wrong.shake_hands();
        r.run();
    }
    wrong.receive();
    BOOST_TEST(wrong.is_closed());
    auto const text = r.text();
    BOOST_TEST(text.find("client_certificate=\"CN=machine\"") != std::string::npos, text);
    BOOST_TEST(text.find("TLS handshake failed") != std::string::npos, text);
    BOOST_TEST(text.find("certificate verify failed") != std::string::npos, text);
}

// Every step of a handshake costs as much as many requests, so others are served between two of them.
BOOST_AUTO_TEST_CASE(an_open_connection_waits_for_one_step_of_all_handshakes_at_most)
{
    rig r;
    auto& open = r.connect();
    r.shake_hands(open);
    for (int i = 0; i < 10; ++i)
        r.connect();
    for (std::size_t i = 1; i < r.clients.size(); ++i)
    {
        r.clients[i]->receive();
        r.clients[i]->send_raw(r.clients[i]->outgoing());
    }
    open.send(request);
    std::size_t shaken = 0;
    r.home.loop().restart();
    std::string answer;
    while (answer.empty() && r.home.loop().poll_one() > 0)
        answer = open.receive();
    BOOST_TEST(answer.starts_with(ok));
    for (std::size_t i = 1; i < r.clients.size(); ++i)
        shaken += r.clients[i]->shake_hands() ? 1 : 0;
    BOOST_TEST(shaken <= 1U);
    r.run();
}

BOOST_AUTO_TEST_SUITE_END()
