// The real tokend over TLS: requests, deadlines, caps, stops.
#include "contract/secure_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>
#include <vector>

using namespace tokend::test;

namespace {

boost::json::value body_of(std::string const& answer)
{
    return boost::json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
}

constexpr std::string_view ok = "HTTP/1.1 200 OK";

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_)

BOOST_AUTO_TEST_CASE(a_login_and_validations_on_a_kept_connection)
{
    tls_rig const rig;
    daemon_process const tokend{rig.options()};
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        secure_client client{tokend.address(), {.greatest_version = version}};
        BOOST_TEST_REQUIRE(client.shake_hands());
        auto const login = client.ask(post(issue_path, administrator));
        BOOST_TEST_REQUIRE(login.starts_with(ok), login);
        std::string const token{body_of(login).at("data").at("token").as_string()};
        for (int i = 0; i < 3; ++i)
            BOOST_TEST(client.ask(post(validate_path, token_body(token))).starts_with(ok));
        BOOST_TEST(client.ask(post(release_path, token_body(token))).starts_with(ok));
        BOOST_TEST(client.ask(post(validate_path, token_body(token))).find("\"active\":false") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(curl_trusts_the_authority_and_gets_its_answer)
{
    tls_rig const rig;
    daemon_process const tokend{rig.options()};
    auto const port = tokend.address().substr(tokend.address().rfind(':') + 1);
    auto const curl = [&](std::string const& authority) {
        return std::system(("curl -sS --fail --max-time 60 --noproxy '*' --cacert " + authority +
                            " --resolve localhost:" + port + ":127.0.0.1 -o " + rig.at("answer") +
                            " https://localhost:" + port + "/healthz 2>" + rig.at("errors"))
                               .c_str());
    };
    BOOST_TEST(curl(rig.at("ca.pem")) == 0);
    rig.files.put("other.pem", make_authority("servers").pem());
    BOOST_TEST(curl(rig.at("other.pem")) != 0);
}

BOOST_AUTO_TEST_CASE(a_session_is_resumed_by_its_ticket_on_any_worker)
{
    tls_rig const rig;
    daemon_process const tokend{rig.options({"--server.workers=2"})};
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        session_ptr session;
        std::vector<bool> resumed;
        for (int i = 0; i < 4; ++i)
        {
            secure_client client{tokend.address(), {.greatest_version = version, .session = session.get()}};
            BOOST_TEST_REQUIRE(client.shake_hands());
            BOOST_TEST(client.ask(get_health).starts_with(ok));
            resumed.push_back(client.is_resumed());
            if (auto next = client.take_session())
                session = std::move(next);
        }
        BOOST_TEST(resumed == (std::vector<bool>{false, true, true, true}), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_handshake_that_is_late_is_cut)
{
    tls_rig const rig;
    daemon_process const tokend{rig.options({key("tls-handshake-timeout", "300ms"), "--http.idle-timeout=1h"})};
    for (auto const* const begin : {"", "\x16\x03\x01\x02"})
    {
        raw_client slow{tokend.address()};
        slow.send(begin);
        BOOST_TEST(slow.receive_bytes_until_closed().empty());
    }
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed_in_order)
{
    tls_rig const rig;
    daemon_process const tokend{rig.options({"--http.idle-timeout=300ms"})};
    secure_client client{tokend.address()};
    BOOST_TEST_REQUIRE(client.shake_hands());
    BOOST_TEST(client.ask(get_health).starts_with(ok));
    BOOST_TEST(client.is_ended_in_order());
}

BOOST_AUTO_TEST_CASE(a_stop_ends_handshakes_and_idle_connections)
{
    tls_rig const rig;
    daemon_process tokend{rig.options()};
    raw_client silent{tokend.address()};
    raw_client begun{tokend.address()};
    begun.send({"\x16\x03\x01\x02\x00\x01", 6});
    secure_client idle{tokend.address()};
    BOOST_TEST_REQUIRE(idle.shake_hands());
    BOOST_TEST(idle.ask(get_health).starts_with(ok));
    tokend.stop();
    BOOST_TEST(silent.receive_bytes_until_closed().empty());
    BOOST_TEST(begun.receive_bytes_until_closed().empty());
    BOOST_TEST(idle.is_ended_in_order());
    BOOST_TEST(tokend.log().find("not finished") == std::string::npos, tokend.log());
}

BOOST_AUTO_TEST_CASE(handshakes_and_connections_beyond_their_caps_are_closed)
{
    tls_rig const rig;
    daemon_process const tokend{rig.options({key("max-handshakes", "2"), "--server.max-connections=3"})};
    {
        raw_client const first{tokend.address()};
        raw_client const second{tokend.address()};
        raw_client third{tokend.address()};
        BOOST_TEST(third.receive_bytes_until_closed().empty());
        BOOST_TEST(tokend.logs("max-handshakes"));
    }
    std::vector<std::unique_ptr<secure_client>> open;
    BOOST_TEST(eventually([&] {
        auto client = std::make_unique<secure_client>(tokend.address());
        if (client->shake_hands())
            open.push_back(std::move(client));
        return open.size() == 3;
    }));
    raw_client fourth{tokend.address()};
    BOOST_TEST(fourth.receive_bytes_until_closed().empty());
    BOOST_TEST(tokend.logs("\"reason\":\"max-connections\""));
    BOOST_TEST(open.back()->ask(get_health).starts_with(ok));
}

BOOST_AUTO_TEST_CASE(plain_http_is_told_so_in_plain)
{
    tls_rig const rig;
    daemon_process const tokend{rig.options({"--http.linger-timeout=100ms"})};
    raw_client client{tokend.address()};
    client.send(post(issue_path, administrator));
    check_error(client.receive(), 400, "MALFORMED_REQUEST");
    BOOST_TEST(!client.receive_or_end().has_value());
    secure_client good{tokend.address()};
    BOOST_TEST(good.shake_hands());
}

BOOST_AUTO_TEST_CASE(wrong_certificates_prevent_the_start_and_expired_ones_do_not)
{
    tls_rig const rig;
    auto const wrong = rig.files.put("wrong.pem", issue({}).pem());
    auto const refused = start_in_vain({demonstration(), {key("tls-certificates", wrong.string())}});
    BOOST_TEST(refused.status == 78);
    BOOST_TEST(refused.log.find("--listen.public.tls-certificates: " + wrong.string() + ": holds no private key") !=
                   std::string::npos,
               refused.log);
    auto const old = issue({.from = -std::chrono::hours{48}, .until = -std::chrono::hours{24}}, &rig.authority);
    rig.files.put("localhost.pem", old);
    daemon_process const tokend{rig.options()};
    BOOST_TEST(tokend.logs("localhost.pem: the certificate expired on "));
    secure_client client{tokend.address()};
    BOOST_TEST(client.shake_hands());
}

BOOST_AUTO_TEST_SUITE_END()
