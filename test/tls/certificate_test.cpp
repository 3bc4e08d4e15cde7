// Every mistake of a file has its own words.
#include "tls/certificate.hpp"

#include "tls/tls_peers.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <unistd.h>

using namespace tokend;
using namespace tokend::test;
using std::filesystem::path;

namespace {

// Returns the only mistake of a certificate without the names of its files' folder.
std::string mistake(tls_files const& files, path const& file, path const& key, tls_option option)
try
{
    read_certificate(file, key);
    return "none";
}
catch (tls_error const& e)
{
    BOOST_TEST_REQUIRE(e.mistakes().size() == 1U);
    BOOST_TEST((e.mistakes()[0].option == option));
    auto text = e.mistakes()[0].what;
    auto const folder = files.folder.path().string() + '/';
    for (auto at = text.find(folder); at != text.npos; at = text.find(folder))
        text.erase(at, folder.size());
    return text;
}

constexpr auto in_certificates = tls_option::certificates;
constexpr auto in_keys = tls_option::keys;

}  // namespace

BOOST_AUTO_TEST_SUITE(certificate_)

BOOST_AUTO_TEST_CASE(a_good_certificate_has_its_names_its_chain_and_its_dates)
{
    tls_files const files;
    auto const root = make_authority("root");
    auto const middle = make_authority("middle", &root);
    auto const server = issue({.common_name = "x", .names = {"A.example", "*.b.example"}}, &middle);
    auto const file = files.put("c.pem", server.pem() + middle.pem() + root.pem());
    auto const key = files.put("k.pem", server.key_pem());
    auto const read = read_certificate(file, key);
    BOOST_TEST(read.offer.names == (std::vector<std::string>{"a.example", "*.b.example"}),
               boost::test_tools::per_element());
    BOOST_TEST(read.intermediates.size() == 2U);
    BOOST_TEST(read.file == file);
    auto const life = read.validity.until - read.validity.from;
    BOOST_TEST((life == std::chrono::hours{24 * 90 + 1}));
}

BOOST_AUTO_TEST_CASE(the_key_may_be_in_the_same_file_before_or_behind)
{
    tls_files const files;
    auto const server = issue({});
    auto const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    for (auto const& text :
         {server.pem() + server.key_pem(), server.key_pem() + server.pem(),
          parameters + server.key_pem() + server.pem(), "a comment\n" + server.pem() + server.key_pem()})
        BOOST_CHECK_NO_THROW(read_certificate(files.put("c.pem", text), {}));
}

BOOST_AUTO_TEST_CASE(keys_of_all_kinds_that_clients_take_are_taken)
{
    tls_files const files;
    for (auto const kind : {key_kind::p256, key_kind::p384, key_kind::ed25519, key_kind::rsa_2048})
        BOOST_CHECK_NO_THROW(read_certificate(files.put("c.pem", issue({.key = kind})), {}));
}

BOOST_AUTO_TEST_CASE(weak_and_uncommon_keys_are_refused)
{
    tls_files const files;
    BOOST_TEST(mistake(files, files.put("c.pem", issue({.key = key_kind::rsa_1024})), {}, in_certificates) ==
               "c.pem: an RSA key of 1024 bits is too weak; take 2048 or more, or ECDSA P-256");
    BOOST_TEST(mistake(files, files.put("c.pem", issue({.key = key_kind::secp256k1})), {}, in_certificates) ==
               "c.pem: clients do not take the curve secp256k1; take P-256 or P-384");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_named)
{
    tls_files const files;
    auto const good = files.put("c.pem", issue({}));
    BOOST_TEST(mistake(files, files.folder / "none.pem", {}, in_certificates) ==
               "cannot read none.pem: No such file or directory");
    BOOST_TEST(mistake(files, good, files.folder / "none.key", in_keys) ==
               "cannot read none.key: No such file or directory");
    BOOST_TEST(mistake(files, files.folder.path(), {}, in_certificates).ends_with(": Is a directory"));
    BOOST_TEST(mistake(files, files.put("big.pem", std::string(1'100'000, 'a')), {}, in_certificates) ==
               "big.pem: is larger than 1m, which no PEM file of certificates is");
}

BOOST_AUTO_TEST_CASE(a_file_without_pem_is_refused)
{
    tls_files const files;
    auto const server = issue({});
    auto const good = files.put("c.pem", server.pem());
    BOOST_TEST(mistake(files, files.put("text.pem", "hello\n"), {}, in_certificates) ==
               "text.pem: holds no certificate in PEM");
    BOOST_TEST(mistake(files, files.put("empty.pem", ""), {}, in_certificates) ==
               "empty.pem: holds no certificate in PEM");
    BOOST_TEST(mistake(files, files.put("key.pem", server.key_pem()), {}, in_certificates) ==
               "key.pem: holds no certificate in PEM");
    BOOST_TEST(mistake(files, good, good, in_keys) == "c.pem: holds no private key in PEM");
    BOOST_TEST(mistake(files, good, {}, in_certificates) ==
               "c.pem: holds no private key; name the file of its key in tls-keys");
    BOOST_TEST(mistake(files, files.put("c.der", der_of(server.certificate.get())), {}, in_certificates)
                   .starts_with("c.der: is DER, not PEM; convert it: openssl x509 -inform DER -in c.der"));
}

BOOST_AUTO_TEST_CASE(a_damaged_certificate_is_named_by_its_number)
{
    tls_files const files;
    auto const root = make_authority("root");
    auto const server = issue({}, &root);
    auto damaged = root.pem();
    damaged[damaged.find('\n') + 20] = '!';
    auto const key = files.put("k.pem", server.key_pem());
    BOOST_TEST(mistake(files, files.put("c.pem", server.pem() + damaged), key, in_certificates)
                   .starts_with("c.pem: certificate 2 is damaged ("));
    auto const cut = server.pem().substr(0, 200);
    BOOST_TEST(
        mistake(files, files.put("c.pem", cut), key, in_certificates).starts_with("c.pem: certificate 1 is damaged ("));
}

BOOST_AUTO_TEST_CASE(an_encrypted_key_is_refused_without_a_question)
{
    tls_files const files;
    auto const server = issue({});
    auto const good = files.put("c.pem", server.pem());
    BOOST_TEST(mistake(files, good, files.put("k.pem", encrypted_pem_of(server.key.get())), in_keys)
                   .starts_with("k.pem: the key is encrypted, and nobody could type its passphrase"));
}

BOOST_AUTO_TEST_CASE(a_key_of_another_certificate_is_refused)
{
    tls_files const files;
    auto const server = issue({});
    auto const good = files.put("c.pem", server.pem());
    BOOST_TEST(mistake(files, good, files.put("k.pem", issue({}).key_pem()), in_keys) ==
               "k.pem: is not the key of the certificate in c.pem");
    BOOST_TEST(mistake(files, good, files.put("k.pem", issue({.key = key_kind::rsa_2048}).key_pem()), in_keys) ==
               "k.pem: is not the key of the certificate in c.pem");
}

BOOST_AUTO_TEST_CASE(a_chain_out_of_order_is_refused)
{
    tls_files const files;
    auto const root = make_authority("root");
    auto const middle = make_authority("middle", &root);
    auto const server = issue({}, &middle);
    auto const key = files.put("k.pem", server.key_pem());
    BOOST_TEST(mistake(files, files.put("c.pem", server.pem() + root.pem() + middle.pem()), key, in_certificates)
                   .starts_with("c.pem: certificate 2 is not the issuer of certificate 1; "));
    BOOST_TEST(mistake(files, files.put("c.pem", middle.pem() + server.pem()), key, in_certificates) ==
               "c.pem: the certificate of the key is number 2; it must be the first");
}

BOOST_AUTO_TEST_CASE(a_weak_signature_is_refused_unless_nobody_relies_on_it)
{
    tls_files const files;
    auto const root = make_authority("root");
    certificate_wish const weak{.is_signed_with_sha1 = true};
    BOOST_TEST(mistake(files, files.put("c.pem", issue(weak, &root)), {}, in_certificates) ==
               "c.pem: the signature of certificate 1 is too weak; it must be SHA-256 or better");
    BOOST_CHECK_NO_THROW(read_certificate(files.put("c.pem", issue(weak)), {}));
}

BOOST_AUTO_TEST_CASE(authorities_are_authorities)
{
    tls_files const files;
    auto const root = make_authority("root");
    BOOST_TEST(read_authorities(files.put("ca.pem", root.pem() + make_authority("other").pem())).size() == 2U);
    try
    {
        read_authorities(files.put("ca.pem", root.pem() + issue({}).pem()));
        BOOST_TEST(false);
    }
    catch (tls_error const& e)
    {
        BOOST_TEST((e.mistakes()[0].option == tls_option::client_ca));
        BOOST_TEST(e.mistakes()[0].what ==
                   (files.folder / "ca.pem").string() + ": certificate 2 is not that of an authority (CA:TRUE)");
    }
}

BOOST_AUTO_TEST_CASE(no_mistake_shows_the_key)
{
    tls_files const files;
    auto const server = issue({});
    auto key = server.key_pem();
    key.erase(key.size() - 60);  // the end marker and some more
    auto const good = files.put("c.pem", server.pem());
    auto const said = mistake(files, good, files.put("k.pem", key), in_keys);
    for (std::size_t at = 30; at + 16 < key.size(); at += 16)
        BOOST_TEST(said.find(key.substr(at, 16)) == said.npos);
}

BOOST_AUTO_TEST_SUITE_END()
