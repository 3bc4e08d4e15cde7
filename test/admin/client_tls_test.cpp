// tokenctl over TLS.
#include "contract/secure_client.hpp"
#include "support/environment.hpp"
#include "support/only_for_root.hpp"
#include "tokenctl/run.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <string>

using namespace tokend::test;

namespace {

// A tokend on one address for clients and operators. The operator is whoever has a certificate of the authority.
struct fixture
{
    fixture()
    {
        rig.files.put("other-ca.pem", make_authority("servers").pem());
        rig.files.put("monitor.pem", monitor.pem());
        rig.files.put("monitor.key", monitor.key_pem());
        rig.files.put("locked.key", encrypted_pem_of(monitor.key.get()));
        rig.files.put("other.key", issue({.common_name = "other"}).key_pem());
        rig.files.put("letter", "Dear all");
    }
    std::string server(std::string const& host = "localhost") const
    {
        return "https://" + host + tokend.address().substr(tokend.address().rfind(':'));
    }
    finished log_in(std::string const& where, arguments more) const
    {
        more.insert(more.begin(), {"login", "--server", where, "--organisation", "CRMDEMO", "--code"});
        return run(more, "99123456\n");
    }
    finished sessions(arguments more) const
    {
        more.insert(more.begin(), {"sessions", "--admin", server(), "--ca", rig.at("ca.pem")});
        return run(more, "");
    }

    tls_rig const rig{};
    issued const monitor = issue({.common_name = "monitor"}, &rig.authority);
    daemon_process tokend{
        rig.options({key("tls-client-ca", rig.at("ca.pem")), key("tls-client-certificates", "optional"),
                     key("serve", "public, admin"), "--admin.operators=viewer certificate:CN=monitor"})};
};

void expect_error(finished const& got, int code, std::string const& error)
{
    BOOST_TEST(got.code == code);
    BOOST_TEST(got.output == "");
    BOOST_TEST(got.errors == "tokenctl: " + error + '\n');
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_tls_, fixture)

BOOST_AUTO_TEST_CASE(a_server_with_a_certificate_of_the_authority_is_trusted)
{
    auto const got = log_in(server(), {"--ca", rig.at("ca.pem")});
    BOOST_TEST(got.code == 0, got.errors);
    BOOST_TEST(is_token(got.output.substr(0, 32)));
}

BOOST_AUTO_TEST_CASE(no_other_server_is)
{
    auto const untrusted = [&](std::string const& where, std::string const& reason) {
        return "the certificate of " + where + " is not trusted: " + reason + "; --ca names a file with its authority";
    };
    expect_error(log_in(server(), {}), 2, untrusted(server(), "unable to get local issuer certificate"));
    auto const other = log_in(server(), {"--ca", rig.at("other-ca.pem")});
    BOOST_TEST(other.code == 2);
    BOOST_TEST(other.errors.starts_with("tokenctl: the certificate of " + server() + " is not trusted: "));
    auto const by_address = server("127.0.0.1");
    expect_error(log_in(by_address, {"--ca", rig.at("ca.pem")}), 2, untrusted(by_address, "IP address mismatch"));
    auto const by_name = server("ip6-localhost.invalid");
    BOOST_TEST(log_in(by_name, {"--ca", rig.at("ca.pem")}).code == 2);
}

BOOST_AUTO_TEST_CASE(files_that_do_not_fit_are_named)
{
    expect_error(log_in(server(), {"--ca", "/none/ca.pem"}), 65,
                 "/none/ca.pem: No such file or directory; certificates of authorities in PEM were meant");
    auto const wrong = [&](std::string const& ca, std::string const& certificate, std::string const& key_file) {
        auto const got =
            log_in(server(), {"--ca", rig.at(ca), "--certificate", rig.at(certificate), "--key", rig.at(key_file)});
        BOOST_TEST(got.code == 65);
        BOOST_TEST(got.output == "");
        BOOST_TEST(std::ranges::count(got.errors, '\n') == 1);
        return got.errors;
    };
    auto const begins = [&](std::string const& name) { return "tokenctl: " + rig.at(name) + ": "; };
    BOOST_TEST(wrong("letter", "monitor.pem", "monitor.key").starts_with(begins("letter")));
    BOOST_TEST(wrong("ca.pem", "letter", "monitor.key").starts_with(begins("letter")));
    BOOST_TEST(wrong("ca.pem", "monitor.pem", "letter").starts_with(begins("letter")));
    BOOST_TEST(wrong("ca.pem", "monitor.pem", "other.key").starts_with(begins("other.key")));
    BOOST_TEST(wrong("ca.pem", "monitor.pem", "locked.key").starts_with(begins("locked.key")));
}

BOOST_AUTO_TEST_CASE(without_a_ca_the_authorities_of_the_system_count)
{
    environment_variable const system{"SSL_CERT_FILE", rig.at("ca.pem")};  // what OpenSSL takes for them
    auto const got = log_in(server(), {});
    BOOST_TEST(got.code == 0, got.errors);
}

BOOST_AUTO_TEST_CASE(an_operator_shows_a_token_over_tls)
{
    auto const file = rig.files.put("operator.token", std::string{"3f6c0d1e5a794b28c1d0e9f8a7b6c5d4\n"});
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    daemon_process const other{rig.options(
        {key("serve", "public, admin"), "--admin.operators=viewer bearer", "--admin.token-file=" + file.string()})};
    auto const where = "https://localhost" + other.address().substr(other.address().rfind(':'));
    arguments words{"sessions", "--admin", where, "--ca", rig.at("ca.pem")};
    BOOST_TEST(run(words, "").code == 1);
    words.insert(words.end(), {"--token-file", file.string()});
    auto const got = run(words, "");
    BOOST_TEST(got.code == 0, got.errors);
}

BOOST_AUTO_TEST_CASE(tls_and_plain_text_do_not_mix)
{
    auto const port = tokend.address().substr(tokend.address().rfind(':'));
    expect_error(log_in("http://localhost" + port, {}), 64, "The request could not be read. (MALFORMED_REQUEST)");
    daemon_process const plain{{.configuration = demonstration()}};
    auto const where = "https://localhost" + plain.address().substr(plain.address().rfind(':'));
    auto const got = log_in(where, {"--ca", rig.at("ca.pem")});
    BOOST_TEST(got.code == 2);
    BOOST_TEST(got.errors.starts_with("tokenctl: " + where + " speaks no TLS that tokenctl takes: "));
}

BOOST_AUTO_TEST_CASE(an_operator_shows_a_certificate)
{
    auto const got = sessions({"--certificate", rig.at("monitor.pem"), "--key", rig.at("monitor.key")});
    BOOST_TEST(got.code == 0, got.errors);
    BOOST_TEST(got.output.starts_with("ACCESSOR"));
    BOOST_TEST(sessions({}).code == 1);
    expect_error(sessions({"--certificate", rig.at("monitor.pem")}), 64, "--certificate and --key go together");
}

BOOST_AUTO_TEST_SUITE_END()
