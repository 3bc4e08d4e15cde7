// No secret is sent before the server is known to be the right one.
#include "ldap/directory_rig.hpp"
#include "ldap/fault_proxy.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::test;

namespace {

ldap_plugin::settings over(std::string const& uri, ldap_plugin::start_tls tls = ldap_plugin::start_tls::required)
{
    auto how = usual_settings();
    how.server.endpoints = {ldap_plugin::parse_uri(uri, tls, ldap_plugin::plain_ldap::on_loopback)};
    return how;
}

void check_outage(ldap_plugin::settings const& how, std::string_view words)
{
    directory_rig rig{how};
    auto const got = rig.log_in("anna");
    BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(TOKEND_UNAVAILABLE));
    BOOST_TEST(got.reason.find(words) != std::string::npos, got.reason);
}

void check_nothing_said(fault_proxy const& proxy)
{
    auto const said = proxy.captured();
    BOOST_TEST(said.size() > 0U);
    for (auto const& secret :
         {std::string{service_password}, password_of("anna"), std::string{service_dn}, std::string{"anna"}})
        BOOST_TEST(said.find(secret) == std::string::npos, secret);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_)

BOOST_AUTO_TEST_CASE(logins_go_over_tls_and_over_starttls)
{
    auto const& server = slapd::shared();
    for (auto const& uri :
         {server.tls_uri(), server.plain_uri(), "ldaps://localhost:" + std::to_string(server.tls_port())})
    {
        directory_rig rig{over(uri)};
        auto const got = rig.log_in("anna");
        BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(TOKEND_ACCEPT), uri << ": " << got.reason);
    }
}

BOOST_AUTO_TEST_CASE(passwords_are_not_readable_on_the_way)
{
    fault_proxy proxy{slapd::shared().port()};
    directory_rig rig{over(proxy.plain_uri())};
    BOOST_TEST(static_cast<int>(rig.log_in("anna").verdict) == static_cast<int>(TOKEND_ACCEPT));
    check_nothing_said(proxy);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_is_refused)
{
    auto how = over(slapd::shared().tls_uri());
    how.server.ca_file = slapd::shared().file("rogue-ca.pem");
    check_outage(how, "TLS handshake: certificate verify failed");
    how.server.ca_file.clear();  // the system's authorities
    check_outage(how, "TLS handshake: certificate verify failed");
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_name_is_refused)
{
    auto how = over(slapd::shared().tls_uri());
    how.server.server_name = "other.example";
    check_outage(how, "TLS handshake: certificate verify failed");
    how.server.server_name = "localhost";
    BOOST_TEST(static_cast<int>(directory_rig{how}.log_in("anna").verdict) == static_cast<int>(TOKEND_ACCEPT));
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_refused)
{
    auto const port = std::to_string(free_port());
    auto const& server = slapd::shared();
    process const peer{"/usr/bin/openssl",
                       {"s_server", "-accept", "127.0.0.1:" + port, "-cert", server.file("expired.pem"), "-key",
                        server.file("server.key"), "-quiet"}};
    auto how = over("ldaps://127.0.0.1:" + port);
    directory_rig rig{how};
    BOOST_TEST(
        eventually([&] { return rig.log_in("anna").reason.find("certificate has expired") != std::string::npos; }));
}

// A man in the middle who wants the password in clear.
BOOST_AUTO_TEST_CASE(starttls_that_is_refused_ends_the_connection_with_nothing_said)
{
    fault_proxy proxy{slapd::shared().port()};
    proxy.set(fault::strip);
    check_outage(over(proxy.plain_uri()), "the server refuses StartTLS: 2 (Protocol error)");
    check_nothing_said(proxy);
}

BOOST_AUTO_TEST_CASE(a_message_behind_the_response_to_starttls_ends_the_connection_with_nothing_said)
{
    fault_proxy proxy{slapd::shared().port()};
    proxy.set(fault::inject);
    check_outage(over(proxy.plain_uri()), "plaintext after the StartTLS response");
    check_nothing_said(proxy);
}

BOOST_AUTO_TEST_SUITE_END()
