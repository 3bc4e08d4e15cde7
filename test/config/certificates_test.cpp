// The TLS of listeners: every wrong file is named with the line that names it.
#include "app/tokend/config/certificates.hpp"

#include "config/configured.hpp"
#include "support/certificates.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

#include <sys/stat.h>

namespace tokend::test {
namespace {

using lines = std::vector<std::string>;

// A folder of files, and a listener that names them.
struct rig
{
    rig()
    {
        files.write("c.pem", server.pem());
        files.write("k.pem", server.key_pem());
        files.write("both.pem", server.pem() + server.key_pem());
        files.write("ca.pem", make_authority("clients").pem());
    }
    std::string at(std::string const& name) const { return (files / name).string(); }
    // Replaces @ by the folder.
    lines mistakes(std::string text) const
    {
        for (auto place = text.find('@'); place != text.npos; place = text.find('@'))
            text.replace(place, 1, files.path().string() + '/');
        auto found = configured{"[listen.public]\n" + text}.mistakes();
        for (auto& line : found)
            for (auto place = line.find(at("")); place != line.npos; place = line.find(at("")))
                line.replace(place, at("").size(), "@");
        return found;
    }

    temporary_folder files;
    issued const server = issue({});
};

BOOST_AUTO_TEST_SUITE(certificates_)

BOOST_AUTO_TEST_CASE(with_tls_an_address_off_loopback_needs_no_word)
{
    rig const r;
    for (auto const* const keys : {"tls-certificates = @c.pem\ntls-keys = @k.pem\n", "tls-certificates = @both.pem\n"})
        BOOST_TEST(r.mistakes(std::string{"address = 0.0.0.0:443\n"} + keys) == lines{},
                   boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keys_of_tls_without_certificates_are_mistakes)
{
    rig const r;
    auto const said = [](int line, std::string const& key) {
        return "t.conf:" + std::to_string(line) + ": " + key +
               " is set, but there is no TLS without tls-certificates in [listen.public]";
    };
    BOOST_TEST(r.mistakes("tls-keys = @k.pem\ntls-client-ca = @ca.pem\ntls-client-certificates = required\n"
                          "tls-min-version = 1.3\n") ==
                   (lines{said(2, "tls-keys"), said(3, "tls-client-ca"), said(4, "tls-client-certificates"),
                          said(5, "tls-min-version")}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(certificates_and_keys_are_as_many)
{
    rig const r;
    BOOST_TEST(r.mistakes("tls-certificates = @c.pem\ntls-keys = @k.pem @k.pem\n") ==
                   lines{"t.conf:3: tls-keys names 2 and tls-certificates 1; name the key of each certificate in the "
                         "same order, or no key if each is in its certificate's file"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(authorities_and_the_wish_for_certificates_come_together)
{
    rig const r;
    auto const good = std::string{"tls-certificates = @both.pem\n"};
    BOOST_TEST(r.mistakes(good + "tls-client-certificates = optional\n") ==
                   lines{"t.conf:3: tls-client-certificates needs tls-client-ca, the file of the authorities that "
                         "sign them"},
               boost::test_tools::per_element());
    BOOST_TEST(r.mistakes(good + "tls-client-ca = @ca.pem\n") ==
                   lines{"t.conf:3: tls-client-ca has no effect while tls-client-certificates is no; set optional or "
                         "required"},
               boost::test_tools::per_element());
    BOOST_TEST(r.mistakes(good + "tls-client-ca = @ca.pem\ntls-client-certificates = optional\n") == lines{},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_wrong_file_is_named_with_its_line)
{
    rig const r;
    BOOST_TEST(
        r.mistakes("tls-certificates = @none.pem, @c.pem\ntls-keys = @k.pem, @ca.pem\n"
                   "tls-client-certificates = required\ntls-client-ca = @k.pem\n") ==
            (lines{"t.conf:2: cannot read @none.pem: No such file or directory",
                   "t.conf:3: @ca.pem: holds no private key in PEM", "t.conf:5: @k.pem: holds no certificate in PEM"}),
        boost::test_tools::per_element());
    BOOST_TEST(r.mistakes("tls-certificates = @c.pem\n") ==
                   lines{"t.conf:2: @c.pem: holds no private key; name the file of its key in tls-keys"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(other_values_are_refused)
{
    rig const r;
    BOOST_TEST(r.mistakes("tls-min-version = 1.1\n") ==
                   lines{"t.conf:2: tls-min-version is '1.1'; give one of 1.2, 1.3"},
               boost::test_tools::per_element());
    BOOST_TEST(r.mistakes("tls-client-certificates = yes\n") ==
                   lines{"t.conf:2: tls-client-certificates is 'yes'; give one of no, optional, required"},
               boost::test_tools::per_element());
    BOOST_TEST(r.mistakes("max-handshakes = 0\n").size() == 1U);
    BOOST_TEST(r.mistakes("tls-handshake-timeout = 0s\n").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_is_refused_unless_loose_modes_are_allowed)
{
    rig const r;
    for (auto const* const name : {"k.pem", "both.pem"})
        BOOST_TEST_REQUIRE(::chmod(r.at(name).c_str(), 0644) == 0);
    auto const loose = std::string{": mode 0644, a secret that others may read; chmod o-rwx @"};
    std::string const apart = "tls-certificates = @c.pem\ntls-keys = @k.pem\n";
    BOOST_TEST(r.mistakes(apart) == lines{"t.conf:3: @k.pem" + loose + "k.pem"}, boost::test_tools::per_element());
    BOOST_TEST(r.mistakes("tls-certificates = @both.pem\n") == lines{"t.conf:2: @both.pem" + loose + "both.pem"},
               boost::test_tools::per_element());
    BOOST_TEST(r.mistakes(apart + "[server]\nallow-loose-modes = yes\n") == lines{}, boost::test_tools::per_element());
    configured const allowed{
        "[server]\nallow-loose-modes = yes\n[listen.public]\ntls-certificates = " + r.at("both.pem") + '\n'};
    auto const warned = loose_certificates(allowed.load());
    BOOST_TEST_REQUIRE(warned.size() == 1U);
    BOOST_TEST(warned[0].find("t.conf:4: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_may_be_a_credential_of_the_service_manager)
{
    rig const r;
    auto const text = "tls-certificates = @c.pem\ntls-keys = credential:k.pem\n";
    BOOST_TEST(r.mistakes(text) ==
                   lines{"t.conf:3: tls-keys = credential:k.pem cannot be read here; it needs systemd's "
                         "LoadCredential="},
               boost::test_tools::per_element());
    configured const checked{"[listen.public]\ntls-certificates = " + r.at("c.pem") +
                             "\ntls-keys = credential:k.pem\n"};
    auto const config =
        load(parse({"--config=" + checked.file().string()}), backend_check{}, secret_files::may_be_hidden);
    BOOST_TEST(hidden_certificates(config).size() == 1U);
    BOOST_TEST(ageing_certificates(config, {}).empty());
    ::setenv("CREDENTIALS_DIRECTORY", r.files.path().c_str(), 1);
    BOOST_TEST(r.mistakes(text) == lines{}, boost::test_tools::per_element());
    ::unsetenv("CREDENTIALS_DIRECTORY");
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_a_warning_with_its_line_and_no_mistake)
{
    rig const r;
    auto const old = issue({.from = -std::chrono::hours{48}, .until = -std::chrono::hours{24}});
    r.files.write("old.pem", old.pem() + old.key_pem());
    auto const later = issue({.from = std::chrono::hours{24}});
    r.files.write("later.pem", later.pem() + later.key_pem());
    for (auto const* const name : {"old.pem", "later.pem", "both.pem"})
    {
        configured const c{"[listen.public]\ntls-certificates = " + r.at(name) + '\n'};
        auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        auto const warned = ageing_certificates(c.load(), now);
        BOOST_TEST(warned.size() == (name == std::string_view{"both.pem"} ? 0U : 1U));
        for (auto const& w : warned)
        {
            BOOST_TEST(w.where.ends_with("t.conf:2"));
            BOOST_TEST(w.what.starts_with(r.at(name) + ": the certificate "));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
