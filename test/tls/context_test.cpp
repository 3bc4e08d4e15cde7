// What a context lets clients agree on, over connections in memory.
#include "tls/context.hpp"

#include "tls/tls_peers.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace tokend;
using namespace tokend::test;

namespace {

struct rig
{
    std::shared_ptr<ticket_keys> tickets = std::make_shared<ticket_keys>();
    tls_files files;
    issued const authority = make_authority("client authority");

    tls_options options(issued const& server) const { return {.certificates = {files.put("server.pem", server)}}; }
    tls_options asking(client_certificates mode) const
    {
        auto o = options(issue({}));
        o.client_certificates = mode;
        o.client_ca = files.put("ca.pem", authority.pem());
        return o;
    }
    tls_context make(tls_options const& o) const { return tls_context{o, tickets}; }
};

// Returns a session that the server has given.
session_ptr session_of(tls_context const& server, client_settings const& how = {})
{
    tls_peers peers{server, how};
    BOOST_TEST_REQUIRE(peers.talk(), peers.server_failure << peers.client_failure);
    BOOST_TEST_REQUIRE(peers.client().session != nullptr);
    return std::move(peers.client().session);
}

bool resumes(tls_context const& server, SSL_SESSION* session, client_settings how = {})
{
    how.session = session;
    tls_peers peers{server, how};
    return peers.talk() && SSL_session_reused(peers.server()) == 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(context_)

BOOST_AUTO_TEST_CASE(versions_before_1_2_are_refused)
{
    rig const r;
    auto const server = r.make(r.options(issue({})));
    for (auto const version : {TLS1_VERSION, TLS1_1_VERSION})
    {
        tls_peers peers{server, {.greatest_version = version}};
        BOOST_TEST(!peers.talk());
        BOOST_TEST(peers.server_failure == "unsupported protocol");
    }
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
        BOOST_TEST((tls_peers{server, {.least_version = version, .greatest_version = version}}.talk()));
}

BOOST_AUTO_TEST_CASE(version_1_3_alone_can_be_demanded)
{
    rig const r;
    auto options = r.options(issue({}));
    options.least_version = tls_version::v1_3;
    auto const server = r.make(options);
    BOOST_TEST((!tls_peers{server, {.greatest_version = TLS1_2_VERSION}}.talk()));
    BOOST_TEST((tls_peers{server, {}}.talk()));
}

BOOST_AUTO_TEST_CASE(only_suites_with_forward_secrecy_and_authenticated_encryption_are_agreed_on)
{
    rig const r;
    auto const server = r.make(r.options(issue({.key = key_kind::rsa_2048})));
    std::vector<std::string> agreed;
    ssl_ctx_ptr const all{SSL_CTX_new(TLS_client_method())};
    SSL_CTX_set_cipher_list(all.get(), "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
    auto* const suites = SSL_CTX_get_ciphers(all.get());
    for (int i = 0; i < sk_SSL_CIPHER_num(suites); ++i)
    {
        std::string const name = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, i));
        if (name.starts_with("TLS_"))
            continue;
        if (tls_peers{server, {.greatest_version = TLS1_2_VERSION, .suites_of_tls_1_2 = name}}.talk())
            agreed.push_back(name);
    }
    std::sort(agreed.begin(), agreed.end());
    BOOST_TEST(agreed == (std::vector<std::string>{"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384",
                                                   "ECDHE-RSA-CHACHA20-POLY1305"}),
               boost::test_tools::per_element());
    BOOST_TEST(sk_SSL_CIPHER_num(suites) > 30);
}

BOOST_AUTO_TEST_CASE(the_client_chooses_among_the_suites)
{
    rig const r;
    auto const server = r.make(r.options(issue({})));
    tls_peers peers{server,
                    {.greatest_version = TLS1_2_VERSION,
                     .suites_of_tls_1_2 = "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256"}};
    BOOST_TEST_REQUIRE(peers.talk());
    BOOST_TEST(SSL_get_cipher_name(peers.server()) == std::string{"ECDHE-ECDSA-CHACHA20-POLY1305"});
}

BOOST_AUTO_TEST_CASE(groups_are_those_of_the_guidelines)
{
    rig const r;
    auto const server = r.make(r.options(issue({})));
    for (auto const* const group : {"X25519", "P-256", "P-384"})
        BOOST_TEST((tls_peers{server, {.groups = group}}.talk()), group);
    for (auto const* const group : {"P-521", "X448", "ffdhe2048"})
        BOOST_TEST((!tls_peers{server, {.groups = group}}.talk()), group);
}

BOOST_AUTO_TEST_CASE(signatures_with_sha1_are_refused)
{
    rig const r;
    auto const server = r.make(r.options(issue({.key = key_kind::rsa_2048})));
    BOOST_TEST((!tls_peers{server, {.greatest_version = TLS1_2_VERSION, .signatures = "RSA+SHA1"}}.talk()));
    BOOST_TEST((tls_peers{server, {.greatest_version = TLS1_2_VERSION, .signatures = "RSA+SHA256"}}.talk()));
}

BOOST_AUTO_TEST_CASE(a_client_gets_http_1_1_or_the_alert_no_application_protocol)
{
    rig const r;
    auto const server = r.make(r.options(issue({})));
    tls_peers both{server, {.protocols = {"h2", "http/1.1"}}};
    BOOST_TEST_REQUIRE(both.talk());
    BOOST_TEST(both.protocol() == "http/1.1");
    BOOST_TEST((tls_peers{server, {}}.talk()));
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        tls_peers other{server, {.greatest_version = version, .protocols = {"h2"}}};
        BOOST_TEST(!other.talk());
        BOOST_TEST(other.client_failure == "tlsv1 alert no application protocol");
    }
}

BOOST_AUTO_TEST_CASE(a_client_gets_the_certificate_of_the_name_that_it_asks_for)
{
    rig const r;
    auto const put = [&](std::string const& file, certificate_wish const& wish) {
        return r.files.put(file, issue(wish));
    };
    auto const server = r.make(
        {.certificates = {put("1.pem", {.common_name = "first", .names = {"a.example"}}),
                          put("2.pem", {.common_name = "wide", .names = {"*.b.example"}}),
                          put("3.pem", {.common_name = "rsa", .names = {"a.example"}, .key = key_kind::rsa_2048})}});
    auto const shown = [&](client_settings const& how) {
        tls_peers peers{server, how};
        peers.talk();
        return peers.certificate_name();
    };
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        BOOST_TEST(shown({.server_name = "a.example", .greatest_version = version}) == "first");
        BOOST_TEST(shown({.server_name = "X.b.example", .greatest_version = version}) == "wide");
        BOOST_TEST(shown({.greatest_version = version}) == "first");
        BOOST_TEST(shown({.server_name = "unknown.example", .greatest_version = version}) == "first");
        auto const* const rsa_only = "rsa_pss_rsae_sha256:RSA+SHA256";
        BOOST_TEST(shown({.server_name = "a.example", .greatest_version = version, .signatures = rsa_only}) == "rsa");
        BOOST_TEST(shown({.greatest_version = version, .signatures = rsa_only}) == "rsa");
    }
    BOOST_TEST(server.certificates().size() == 3U);
}

BOOST_AUTO_TEST_CASE(the_chain_is_sent_as_the_file_has_it)
{
    rig const r;
    auto const root = make_authority("root");
    auto const middle = make_authority("middle", &root);
    auto const leaf = issue({}, &middle);
    tls_peers peers{r.make({.certificates = {r.files.put("c.pem", leaf.pem() + middle.pem() + leaf.key_pem())}}), {}};
    BOOST_TEST_REQUIRE(peers.talk());
    BOOST_TEST(sk_X509_num(SSL_get_peer_cert_chain(peers.client().ssl.get())) == 2);
}

BOOST_AUTO_TEST_CASE(the_chain_is_not_completed_from_the_authorities_of_clients)
{
    rig const r;
    auto options = r.asking(client_certificates::optional);
    options.certificates = {r.files.put("c.pem", issue({}, &r.authority))};
    tls_peers peers{r.make(options), {}};
    BOOST_TEST_REQUIRE(peers.talk());
    BOOST_TEST(sk_X509_num(SSL_get_peer_cert_chain(peers.client().ssl.get())) == 1);
}

BOOST_AUTO_TEST_CASE(a_session_is_resumed_by_its_ticket_also_by_a_later_context)
{
    rig const r;
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        client_settings const how{.greatest_version = version};
        auto const options = r.options(issue({}));
        session_ptr session;
        {
            auto const before = r.make(options);
            session = session_of(before, how);
        }
        auto const after = r.make(options);
        BOOST_TEST(resumes(after, session.get(), how));
        BOOST_TEST(!resumes(tls_context{options, std::make_shared<ticket_keys>()}, session.get(), how));
    }
}

BOOST_AUTO_TEST_CASE(a_resumed_session_of_tls_1_3_gets_another_ticket)
{
    rig const r;
    auto const server = r.make(r.options(issue({})));
    auto const session = session_of(server);
    tls_peers peers{server, {.session = session.get()}};
    BOOST_TEST_REQUIRE(peers.talk());
    BOOST_TEST_REQUIRE(peers.client().session != nullptr);
    BOOST_TEST(resumes(server, peers.client().session.get()));
}

BOOST_AUTO_TEST_CASE(a_required_certificate_is_one_of_the_authority)
{
    rig const r;
    auto const server = r.make(r.asking(client_certificates::required));
    auto const good = issue({.common_name = "machine"}, &r.authority);
    auto const stranger = issue({}, nullptr);
    auto const rogue = make_authority("client authority");  // the same name, another key
    auto const forged = issue({.common_name = "machine"}, &rogue);
    auto const expired = issue({.from = -std::chrono::hours{48}, .until = -std::chrono::hours{24}}, &r.authority);
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        BOOST_TEST((tls_peers{server, {.greatest_version = version, .certificate = &good}}.talk()));
        for (auto const* const wrong : {&stranger, &forged, &expired, static_cast<issued const*>(nullptr)})
            BOOST_TEST((!tls_peers{server, {.greatest_version = version, .certificate = wrong}}.talk()));
    }
}

BOOST_AUTO_TEST_CASE(an_optional_certificate_may_be_missing_but_not_wrong)
{
    rig const r;
    auto const server = r.make(r.asking(client_certificates::optional));
    auto const good = issue({}, &r.authority);
    auto const stranger = issue({}, nullptr);
    BOOST_TEST((tls_peers{server, {}}.talk()));
    BOOST_TEST((tls_peers{server, {.certificate = &good}}.talk()));
    BOOST_TEST((!tls_peers{server, {.certificate = &stranger}}.talk()));
}

BOOST_AUTO_TEST_CASE(an_authority_may_be_an_intermediate_one)
{
    rig const r;
    auto options = r.asking(client_certificates::required);
    auto const middle = make_authority("middle", &r.authority);
    options.client_ca = r.files.put("ca.pem", middle.pem());
    auto const good = issue({}, &middle);
    BOOST_TEST((tls_peers{r.make(options), {.certificate = &good}}.talk()));
}

// Otherwise a listener without client certificates would give out tickets for one that demands them.
BOOST_AUTO_TEST_CASE(a_session_is_resumed_only_where_the_rules_for_clients_are_the_same)
{
    rig const r;
    auto const open = r.make(r.options(issue({})));
    auto const strict = r.make(r.asking(client_certificates::required));
    auto const good = issue({}, &r.authority);
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION})
    {
        client_settings how{.greatest_version = version};
        auto const anonymous = session_of(open, how);
        BOOST_TEST(resumes(open, anonymous.get(), how));
        BOOST_TEST(!resumes(strict, anonymous.get(), how));
        auto const lax = r.make(r.asking(client_certificates::optional));
        auto const unnamed = session_of(lax, how);
        BOOST_TEST(resumes(lax, unnamed.get(), how));
        BOOST_TEST(!resumes(strict, unnamed.get(), how));
        how.certificate = &good;
        auto const named = session_of(strict, how);
        BOOST_TEST(resumes(strict, named.get(), how));
        auto other = r.asking(client_certificates::required);
        other.client_ca = r.files.put("other.pem", make_authority("client authority").pem());
        BOOST_TEST(!resumes(r.make(other), named.get(), how));
    }
}

// The certificate is checked again when the first ticket ends.
BOOST_AUTO_TEST_CASE(a_session_with_a_certificate_is_not_prolonged)
{
    rig const r;
    auto const strict = r.make(r.asking(client_certificates::required));
    auto const good = issue({}, &r.authority);
    auto const named = session_of(strict, {.certificate = &good});
    tls_peers peers{strict, {.certificate = &good, .session = named.get()}};
    BOOST_TEST_REQUIRE(peers.talk());
    BOOST_TEST(SSL_session_reused(peers.server()) == 1);
    BOOST_TEST(peers.client().session == nullptr);
}

BOOST_AUTO_TEST_CASE(all_wrong_files_are_named_at_once)
{
    rig const r;
    tls_options options{
        .certificates = {r.files.folder / "1.pem", r.files.put("2.pem", issue({})), r.files.folder / "3.pem"},
        .client_ca = r.files.folder / "4.pem",
        .client_certificates = client_certificates::required};
    try
    {
        r.make(options);
        BOOST_TEST(false);
    }
    catch (tls_error const& e)
    {
        BOOST_TEST_REQUIRE(e.mistakes().size() == 3U);
        BOOST_TEST(e.mistakes()[0].what.find("1.pem") != std::string::npos);
        BOOST_TEST(e.mistakes()[1].what.find("3.pem") != std::string::npos);
        BOOST_TEST((e.mistakes()[2].option == tls_option::client_ca));
    }
}

BOOST_AUTO_TEST_CASE(a_certificate_that_no_client_would_get_is_a_mistake)
{
    rig const r;
    auto const first = r.files.put("1.pem", issue({.names = {"a.example"}}));
    for (auto const& wish : {certificate_wish{.names = {"a.example"}}, certificate_wish{.names = {}}})
        BOOST_CHECK_THROW(r.make({.certificates = {first, r.files.put("2.pem", issue(wish))}}), tls_error);
    BOOST_CHECK_NO_THROW(r.make({.certificates = {r.files.put("2.pem", issue({.names = {}}))}}));
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_served)
{
    rig const r;
    auto const server = r.make(r.options(issue({.from = -std::chrono::hours{48}, .until = -std::chrono::hours{24}})));
    BOOST_TEST((tls_peers{server, {}}.talk()));
}

BOOST_AUTO_TEST_CASE(the_files_of_a_context_are_each_named_once)
{
    tls_options const options{.certificates = {"a", "b"}, .keys = {"k", "k"}, .client_ca = "a"};
    BOOST_TEST(certificate_files(options) == (std::vector<std::filesystem::path>{"a", "b", "k"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
