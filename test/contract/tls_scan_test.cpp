// What a scanner sees: openssl s_client, with every version and every suite that it has.
#include "contract/secure_client.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

using namespace tokend::test;

namespace {

std::string output_of(std::string const& command)
{
    std::string text;
    auto* const pipe = ::popen(command.c_str(), "r");
    BOOST_TEST_REQUIRE(pipe != nullptr);
    std::array<char, 4096> some;
    while (auto const n = std::fread(some.data(), 1, some.size(), pipe))
        text.append(some.data(), n);
    ::pclose(pipe);
    return text;
}

// Returns "TLSv1.3 SUITE" of a connection; empty if there is none.
std::string agreed(std::string const& address, std::string const& arguments)
{
    auto const said =
        output_of("openssl s_client -connect " + address + " -servername localhost " + arguments + " </dev/null 2>&1");
    auto const at = said.find("\nNew, TLSv");
    auto const cipher = said.find("Cipher is ", at == said.npos ? 0 : at);
    if (at == said.npos || cipher == said.npos)
        return {};
    auto const name = said.substr(cipher + 10, said.find('\n', cipher) - cipher - 10);
    auto const version = said.find("Protocol  : ") != said.npos ? said.substr(said.find("Protocol  : ") + 12, 7)
                                                                : said.substr(at + 6, said.find(',', at + 6) - at - 6);
    return name == "(NONE)" ? std::string{} : version + ' ' + name;
}

std::vector<std::string> suites_of_openssl()
{
    std::istringstream list{output_of("openssl ciphers -tls1_2 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' | tr : '\\n'")};
    std::vector<std::string> all;
    for (std::string name; list >> name;)
        if (!name.starts_with("TLS_"))
            all.push_back(name);
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_scan_)

BOOST_AUTO_TEST_CASE(only_versions_1_2_and_1_3_are_spoken)
{
    tls_rig const rig;
    daemon_process const tokend{rig.options()};
    auto const weak = " -cipher 'ALL:@SECLEVEL=0'";
    for (auto const* const version : {"-tls1", "-tls1_1"})
        BOOST_TEST(agreed(tokend.address(), version + std::string{weak}) == "");
    BOOST_TEST(agreed(tokend.address(), "-tls1_2").starts_with("TLSv1.2 "));
    BOOST_TEST(agreed(tokend.address(), "-tls1_3").starts_with("TLSv1.3 "));
    daemon_process const strict{rig.options({key("tls-min-version", "1.3")})};
    BOOST_TEST(agreed(strict.address(), "-tls1_2") == "");
    BOOST_TEST(agreed(strict.address(), "-tls1_3").starts_with("TLSv1.3 "));
}

// With a key of either kind: no RSA key exchange, no CBC, no SHA-1, no finite fields.
BOOST_AUTO_TEST_CASE(only_the_suites_of_the_guidelines_are_spoken)
{
    tls_rig const rig;
    auto const rsa =
        rig.files.put("rsa.pem", issue({.common_name = "localhost", .key = key_kind::rsa_2048}, &rig.authority));
    daemon_process const tokend{
        {demonstration(), {key("tls-certificates", rig.at("localhost.pem") + ',' + rsa.string())}}};
    std::vector<std::string> spoken;
    auto const all = suites_of_openssl();
    BOOST_TEST(all.size() > 50U);
    for (auto const& suite : all)
    {
        auto const got = agreed(tokend.address(), "-tls1_2 -cipher " + suite + ":@SECLEVEL=0");
        BOOST_TEST((got.empty() || got == "TLSv1.2 " + suite), got);
        if (!got.empty())
            spoken.push_back(suite);
    }
    std::sort(spoken.begin(), spoken.end());
    BOOST_TEST(spoken == (std::vector<std::string>{"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
                                                   "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-AES128-GCM-SHA256",
                                                   "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"}),
               boost::test_tools::per_element());
    for (auto const* const suite : {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"})
        BOOST_TEST(agreed(tokend.address(), std::string{"-tls1_3 -ciphersuites "} + suite) ==
                   std::string{"TLSv1.3 "} + suite);
    BOOST_TEST(agreed(tokend.address(), "-tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256") == "");
}

BOOST_AUTO_TEST_CASE(neither_http_2_alone_nor_renegotiation_nor_compression_is_spoken)
{
    tls_rig const rig;
    daemon_process const tokend{rig.options()};
    BOOST_TEST(agreed(tokend.address(), "-alpn h2") == "");
    auto const said =
        output_of("openssl s_client -connect " + tokend.address() + " -alpn h2,http/1.1 -tls1_2 </dev/null 2>&1");
    BOOST_TEST(said.find("ALPN protocol: http/1.1") != said.npos, said);
    BOOST_TEST(said.find("Compression: NONE") != said.npos, said);
    BOOST_TEST(said.find("Secure Renegotiation IS supported") != said.npos, said);  // that is, RFC 5746
    secure_client client{tokend.address(), {.greatest_version = TLS1_2_VERSION}};
    BOOST_TEST_REQUIRE(client.shake_hands());
    SSL_renegotiate(client.ssl());
    BOOST_TEST(SSL_do_handshake(client.ssl()) != 1);
}

BOOST_AUTO_TEST_SUITE_END()
