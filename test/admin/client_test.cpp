// The commands of clients with a running tokend.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/environment.hpp"
#include "support/temporary_folder.hpp"
#include "tokenctl/run.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend::test;

namespace {

struct fixture
{
    // The exit code, the output and the errors of a command of a client.
    finished client(arguments words, std::string_view input) const
    {
        words.insert(words.end(), {"--server", "http://" + tokend.address()});
        return run(words, input);
    }
    finished log_in(arguments words, std::string_view input = "1234\n") const
    {
        words.insert(words.begin(), {"login", "--organisation", "CRMDEMO"});
        return client(words, input);
    }
    void expect_error(finished const& got, int code, std::string const& error) const
    {
        BOOST_TEST(got.code == code);
        BOOST_TEST(got.output == "");
        BOOST_TEST(got.errors == "tokenctl: " + error + '\n');
    }

    temporary_folder folder{};
    daemon_process tokend{{.configuration = demonstration()}};
};

arguments const administrator_words{"--username", "mpadministrator"};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(client_, fixture)

BOOST_AUTO_TEST_CASE(a_login_prints_the_token_alone_and_a_release_ends_it)
{
    auto const got = log_in(administrator_words);
    BOOST_TEST(got.code == 0);
    BOOST_TEST(got.errors == "");
    BOOST_TEST_REQUIRE(got.output.ends_with('\n'));
    BOOST_TEST(is_token(got.output.substr(0, got.output.size() - 1)));
    auto const shown = client({"validate"}, got.output);
    BOOST_TEST(shown.code == 0);
    BOOST_TEST(shown.output.starts_with("USER             ORGANISATION  UNIT                              GROUPS  "));
    BOOST_TEST(shown.output.find("\nmpadministrator  CRMDEMO       " + std::string{first_unit} + "  admins  ") !=
               std::string::npos);
    BOOST_TEST(client({"release"}, got.output).output == "released\n");
    expect_error(client({"validate"}, got.output), 1, "the token is inactive");
    BOOST_TEST(client({"release"}, got.output).code == 0);  // as the contract says
    auto const as_json = client({"validate", "--format", "json"}, got.output);
    BOOST_TEST(as_json.code == 1);
    BOOST_TEST(as_json.output == "{\"active\":false}\n");
}

BOOST_AUTO_TEST_CASE(json_has_all_about_the_token)
{
    auto words = administrator_words;
    words.insert(words.end(), {"--format", "json", "--unit", std::string{second_unit}});
    auto const data = boost::json::parse(log_in(words).output).as_object();
    BOOST_TEST(is_token(data.at("token").as_string()));
    BOOST_TEST(data.at("unit").as_string() == second_unit);
    BOOST_TEST(data.at("username") == "mpadministrator");
    BOOST_TEST(is_accessor(data.at("accessor").as_string()));
    BOOST_TEST(data.contains("expires_at"));
}

BOOST_AUTO_TEST_CASE(every_kind_of_credentials_logs_in_and_the_secret_may_be_in_a_file)
{
    BOOST_TEST(log_in({"--identifier", "jsmith"}, "4711\n").code == 0);
    BOOST_TEST(log_in({"--code"}, "99123456\n").code == 0);
    auto const file = folder.write("password", "1234\n").string();
    auto const token = log_in({"--username", "mpadministrator", "--secret-file", file}, "").output;
    auto const token_file = folder.write("token", token).string();
    BOOST_TEST(client({"validate", "--token-file", token_file}, "").code == 0);
}

BOOST_AUTO_TEST_CASE(a_terminal_shows_no_password)
{
    on_terminal terminal{
        {"login", "--server", tokend.address(), "--organisation", "CRMDEMO", "--username", "mpadministrator"}};
    terminal.wait_for("Password of mpadministrator: ");
    BOOST_TEST(!terminal.echoes());
    terminal.type("1234\n");
    BOOST_TEST(terminal.wait() == 0);
    BOOST_TEST(terminal.shown().find("1234") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_a_sliding_token_is_renewed)
{
    auto const sliding = client({"login", "--organisation", "acme", "--username", "mpadministrator"}, "other-secret\n");
    BOOST_TEST(client({"renew"}, sliding.output).output.starts_with("renewed for "));
    expect_error(client({"renew"}, log_in(administrator_words).output), 1,
                 "This token cannot be renewed. (NOT_RENEWABLE)");
    expect_error(client({"renew"}, "x\n"), 1, "The token is not valid. (INVALID_TOKEN)");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_1)
{
    expect_error(log_in(administrator_words, "12345\n"), 1, "The credentials are not valid. (INVALID_CREDENTIALS)");
    auto words = administrator_words;
    words.insert(words.end(), {"--unit", "none"});
    expect_error(log_in(words), 1, "This unit cannot be used. It is 'unit'. (UNIT_NOT_ALLOWED)");
}

BOOST_AUTO_TEST_CASE(wrong_words_are_64_and_bad_files_65)
{
    expect_error(client({"login", "--username", "a"}, "1234\n"), 64, "--organisation is missing");
    for (auto const& words :
         {arguments{}, arguments{"--username", "a", "--identifier", "b"}, arguments{"--code", "--username", "a"}})
        expect_error(log_in(words), 64, "one of --username, --identifier and --code is meant");
    expect_error(log_in({"--username", ""}), 64, "an empty --username");
    expect_error(log_in({"--code", "--unit", ""}), 64, "an empty --unit");
    expect_error(log_in(administrator_words, ""), 64, "an empty secret");
    expect_error(log_in({"--code", "--format", "xml"}), 64, "--format 'xml', table or json was meant");
    expect_error(log_in({"--code", "--certificate", "c"}), 64,
                 "--certificate goes with https://, and not with http://" + tokend.address());
    expect_error(log_in({"--code", "--secret-file", "/none/secret"}), 65, "/none/secret: No such file or directory");
    auto const empty = folder.write("empty", "\n").string();
    expect_error(log_in({"--code", "--secret-file", empty}), 65, empty + ": empty, a secret was meant");
    auto const large = folder.write("large", std::string(5000, 'x')).string();
    expect_error(log_in({"--code", "--secret-file", large}), 65, large + ": over 4096 bytes");
    expect_error(log_in({"--code"}, "\xff\n"), 64, "The body is not a valid JSON object. (MALFORMED_REQUEST)");
}

BOOST_AUTO_TEST_CASE(the_server_is_an_option_a_variable_or_the_usual_one)
{
    auto const token = log_in(administrator_words).output;
    {
        environment_variable const server{"TOKEND_SERVER", tokend.address()};  // without a scheme
        BOOST_TEST(run({"validate"}, token).code == 0);
    }
    environment_variable const nobody{"TOKEND_SERVER", "http://127.0.0.1:1/"};
    expect_error(run({"validate"}, token), 2, "no tokend answers at http://127.0.0.1:1/: Connection refused");
    BOOST_TEST(client({"validate"}, token).code == 0);  // the option comes first
    BOOST_TEST(run({"validate", "--server", "http://name.invalid"}, token).code == 2);
    for (std::string const wrong :
         {"", "here", "ftp://127.0.0.1:1", "http://127.0.0.1:0", "http://127.0.0.1:65536", "http://a/b",
          "http://user@a", "https://", "http://[::1", "http://::1:8080", "unix:", "http://[127.0.0.1]:80"})
        expect_error(run({"validate", "--server", wrong}, token), 64,
                     "'" + wrong +
                         "' is no address of tokend; give http://127.0.0.1:8080, https://tokend.example.com or "
                         "unix:/run/tokend/admin.sock, for example");
}

BOOST_AUTO_TEST_CASE(a_unix_socket_is_a_server_too)
{
    auto const address = "unix:" + (folder / "public.sock").string();
    daemon_process const other{{.configuration = demonstration(), .address = address}};
    auto const got = run({"login", "--server", address, "--organisation", "CRMDEMO", "--code"}, "99123456\n");
    BOOST_TEST(got.code == 0, got.errors);
}

BOOST_AUTO_TEST_SUITE_END()
