// Names of servers, and certificates of clients.
#include "contract/secure_client.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend::test;

namespace {

// A tokend that asks for certificates of an authority.
struct asking
{
    explicit asking(std::string const& mode)
        : tokend{rig.options({key("tls-client-ca", rig.files.put("clients.pem", clients.pem()).string()),
                              key("tls-client-certificates", mode), "--log.level=debug"})}
    {}
    // Returns true if a request is answered. With TLS 1.3 a client learns of a refusal after its handshake.
    bool serves(issued const* certificate, int version) const
    try
    {
        secure_client client{tokend.address(), {.greatest_version = version, .certificate = certificate}};
        return client.shake_hands() && client.ask(get_health).starts_with("HTTP/1.1 200 OK");
    }
    catch (std::runtime_error const&)
    {
        return false;
    }

    tls_rig rig;
    issued clients = make_authority("clients");
    issued machine = issue({.common_name = "machine 7"}, &clients);
    issued stranger = issue({.common_name = "machine 7"}, &rig.authority);
    daemon_process tokend;
};

constexpr int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_clients_)

BOOST_AUTO_TEST_CASE(a_required_certificate_must_be_of_the_authority)
{
    asking const a{"required"};
    for (auto const version : versions)
    {
        BOOST_TEST(a.serves(&a.machine, version));
        BOOST_TEST(!a.serves(&a.stranger, version));
        BOOST_TEST(!a.serves(nullptr, version));
    }
    BOOST_TEST(a.tokend.logs("\"client_certificate\":\"CN=machine 7\""));
    BOOST_TEST(a.tokend.logs("peer did not return a certificate"));
}

BOOST_AUTO_TEST_CASE(an_optional_certificate_may_be_missing_but_not_wrong)
{
    asking const a{"optional"};
    for (auto const version : versions)
    {
        BOOST_TEST(a.serves(&a.machine, version));
        BOOST_TEST(!a.serves(&a.stranger, version));
        BOOST_TEST(a.serves(nullptr, version));
    }
}

BOOST_AUTO_TEST_CASE(the_name_that_a_client_asks_for_chooses_the_certificate)
{
    tls_rig const rig;
    auto const second = rig.files.put("second.pem", issue({.common_name = "second", .names = {"*.b.example"}}));
    daemon_process const tokend{
        {demonstration(), {key("tls-certificates", rig.at("localhost.pem") + ',' + second.string())}}};
    auto const shown = [&](std::string const& name) {
        secure_client client{tokend.address(), {.server_name = name}};
        return client.shake_hands() ? client.certificate_name() : client.failure();
    };
    BOOST_TEST(shown("localhost") == "localhost");
    BOOST_TEST(shown("www.B.example") == "second");
    BOOST_TEST(shown("c.example") == "localhost");
    BOOST_TEST(shown("") == "localhost");
}

BOOST_AUTO_TEST_SUITE_END()
