// tokenctl with a running tokend.
#include "admin/administered_tokend.hpp"
#include "contract/contract.hpp"
#include "support/only_for_root.hpp"
#include "tokenctl/run.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace tokend::test;

namespace {

struct fixture
{
    administered_tokend tokend{};

    finished tokenctl(arguments words) const
    {
        words.push_back("--admin");
        words.push_back(tokend.unix_address());
        return run(words, "");
    }
    // The output of a command that succeeds.
    std::string output(arguments const& words) const
    {
        auto const got = tokenctl(words);
        BOOST_TEST(got.code == 0, got.errors);
        BOOST_TEST(got.errors == "");
        return got.output;
    }
    // The error of a command that does not succeed.
    std::string error(int code, arguments const& words) const
    {
        auto const got = tokenctl(words);
        BOOST_TEST(got.code == code);
        BOOST_TEST(got.output == "");
        return got.errors;
    }
};

std::vector<std::string> lines_of(std::string const& text)
{
    std::istringstream in{text};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tokenctl_, fixture)

BOOST_AUTO_TEST_CASE(sessions_are_a_table_or_a_line_of_json_each)
{
    issue_token(tokend.address());
    issue_token(tokend.address(), acme_administrator);
    auto const table = lines_of(output({"sessions", "--organisation", "ACME"}));
    BOOST_TEST_REQUIRE(table.size() == 2U);
    BOOST_TEST(table[0].starts_with("ACCESSOR "));
    BOOST_TEST(has(table[1], " mpadministrator "));
    auto const rows = lines_of(output({"sessions", "--format", "json"}));
    BOOST_TEST_REQUIRE(rows.size() == 2U);
    for (auto const& row : rows)
        BOOST_TEST(text(boost::json::parse(row).as_object(), "username") == "mpadministrator");
    BOOST_TEST(lines_of(output({"sessions", "--format", "json", "--limit", "1"})).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_long_list_goes_over_pages)
{
    for (int i = 0; i < 1100; ++i)
        issue_token(tokend.address(), R"({"access_token_identifier":{"authentication_code":"99123456"},)"
                                      R"("organisation":"CRMDEMO"})");
    auto rows = lines_of(output({"sessions", "--format", "json"}));
    BOOST_TEST(rows.size() == 1100U);
    std::ranges::sort(rows);
    BOOST_TEST((std::ranges::adjacent_find(rows) == rows.end()));
    BOOST_TEST(output({"revoke", "--user", "kiosk-7"}) == "released 1100 sessions\n");
}

BOOST_AUTO_TEST_CASE(a_session_is_revoked_by_its_accessor)
{
    auto const token = issue_token(tokend.address());
    auto const row = boost::json::parse(output({"sessions", "--format", "json"})).as_object();
    BOOST_TEST(output({"revoke", text(row, "accessor")}) == "released 1 session\n");
    BOOST_TEST(!is_active(tokend.address(), token));
    BOOST_TEST(error(1, {"revoke", text(row, "accessor")}) ==
               "tokenctl: there is no live session " + text(row, "accessor") + '\n');
}

BOOST_AUTO_TEST_CASE(sessions_are_revoked_by_terms_and_all_of_them_only_by_name)
{
    auto const kept = issue_token(tokend.address());
    issue_token(tokend.address(), acme_administrator);
    BOOST_TEST(output({"revoke", "--organisation", "acme", "--format", "json"}) == "{\"released\":1}\n");
    auto const needs_one =
        "tokenctl: an accessor, terms such as --organisation ACME, or --all: one of these was meant\n";
    BOOST_TEST(error(64, {"revoke"}) == needs_one);
    BOOST_TEST(error(64, {"revoke", "--all", "--user", "x"}) == needs_one);
    BOOST_TEST(error(64, {"revoke", "x", "--user", "x"}) == needs_one);
    BOOST_TEST(error(64, {"revoke", "--user", ""}) == "tokenctl: --user is empty; leave it out for all\n");
    BOOST_TEST(has(error(64, {"revoke", "--organization", "ACME"}), "unrecognised option '--organization'"));
    BOOST_TEST(error(64, {"revoke", "--issued-before", "now"}) ==
               "tokenctl: A parameter has a wrong type or length. It is 'issued_before'. (INVALID_PARAMETER)\n");
    BOOST_TEST(is_active(tokend.address(), kept));
    BOOST_TEST(output({"revoke", "--all"}) == "released 1 session\n");
    BOOST_TEST(!is_active(tokend.address(), kept));
}

BOOST_AUTO_TEST_CASE(lock_outs_are_shown_and_ended)
{
    for (auto const* const guess : {"1", "2"})
        ask(tokend.address(), post(issue_path, R"({"username":"mpadministrator","organisation":"ACME","password":")" +
                                                   std::string{guess} + R"("})"));
    BOOST_TEST(has(output({"lockouts"}), "acme          mpadministrator  network"));
    BOOST_TEST(error(1, {"lockouts", "unlock", "ACME", "somebody"}) ==
               "tokenctl: somebody is not locked out at ACME\n");
    BOOST_TEST(has(error(64, {"lockouts", "unlock", "ACME"}), "ORGANISATION and NAME, or --all"));
    BOOST_TEST(output({"lockouts", "unlock", "ACME", "mpadministrator"}) == "unlocked 1\n");
    BOOST_TEST(output({"lockouts", "unlock", "--all"}) == "unlocked 0\n");
    BOOST_TEST(lines_of(output({"lockouts"})).size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_process_is_shown_and_reloaded)
{
    BOOST_TEST(lines_of(output({"backends"})).size() == 4U);
    BOOST_TEST(has(output({"test", "staff"}), "staff"));
    BOOST_TEST(has(error(2, {"test", "nothing"}), "(NOT_FOUND)"));
    issue_token(tokend.address());
    BOOST_TEST(output({"top"}).starts_with("live tokens: 1\n\nLIVE  ORGANISATION\n1     CRMDEMO\n"));
    BOOST_TEST(has(output({"config"}), "[organisation.ACME]"));
    BOOST_TEST(output({"health"}) == "ready\nstaff: ok\ncodes: ok\nothers: ok\n");
    BOOST_TEST(run({"health", "--admin", tokend.address()}, "").output == "ready\n");
    BOOST_TEST(output({"reload"}) == "reloaded\n");
    tokend.served().configure("[tokens]\nlifetime = never\n");
    auto const refused = error(1, {"reload"});
    BOOST_TEST(refused.starts_with("tokenctl: not reloaded, all stays as it was\n"));
    BOOST_TEST(has(refused, "tokend.conf:6: lifetime is 'never'"));
}

BOOST_AUTO_TEST_CASE(without_a_tokend_or_a_permission_the_error_says_so)
{
    auto const nobody = run({"sessions", "--admin", "unix:/none/admin.sock"}, "");
    BOOST_TEST(nobody.code == 2);
    BOOST_TEST(nobody.errors == "tokenctl: no tokend answers at unix:/none/admin.sock: No such file or directory\n");
    auto const wrong = run({"sessions", "--admin", "here"}, "");
    BOOST_TEST(wrong.code == 64);
    BOOST_TEST(has(wrong.errors, "'here' is no address of tokend"));
    auto const clients = run({"sessions", "--admin", tokend.address()}, "");
    BOOST_TEST(clients.code == 2);
    BOOST_TEST(has(clients.errors, "No such method. (NOT_FOUND)"));
    tokend.grant("viewer");
    auto const file = tokend.served().folder() / "operator.token";
    auto const bearer = run({"config", "--admin", tokend.tcp_address(), "--token-file", file.string()}, "");
    BOOST_TEST(bearer.code == 1);
    BOOST_TEST(bearer.errors == "tokenctl: This operator may not do that. (FORBIDDEN)\n");
}

BOOST_AUTO_TEST_CASE(a_user_who_may_not_open_the_socket_is_refused, *only_for_root())
{
    auto const got = run({"sessions", "--admin", tokend.unix_address()}, "", other_id);
    BOOST_TEST(got.code == 1);
    BOOST_TEST(got.output == "");
    BOOST_TEST(got.errors ==
               "tokenctl: this user may not connect to " + tokend.unix_address() + ": Permission denied\n");
}

BOOST_AUTO_TEST_CASE(the_token_of_an_operator_is_one_line_of_a_file)
{
    auto const error_of = [&](std::string const& file) {
        auto const got = run({"sessions", "--admin", tokend.tcp_address(), "--token-file", file}, "");
        BOOST_TEST(got.code == 65);
        return got.errors;
    };
    temporary_folder const folder;
    auto const two = folder.write("two", "a\r\nX-Other: b\n").string();
    BOOST_TEST(error_of("/none/token") == "tokenctl: /none/token: No such file or directory\n");
    BOOST_TEST(error_of(two) == "tokenctl: " + two + ": one line with a token was meant\n");
}

BOOST_AUTO_TEST_CASE(stats_is_another_name_of_top)
{
    issue_token(tokend.address());
    BOOST_TEST(output({"stats"}) == output({"top"}));
    auto const data = boost::json::parse(output({"stats", "--format", "json"})).as_object();
    BOOST_TEST(data.at("live") == 1);
}

BOOST_AUTO_TEST_CASE(a_login_is_explained_step_by_step)
{
    arguments const asked{"explain", "--organisation", "acme", "--username", "mpadministrator"};
    auto const shown = output(asked);
    BOOST_TEST(has(shown, "ok  organisation          ACME, whose backends are others\n"), shown);
    BOOST_TEST(has(shown, "ok  lock-out              not locked out\n"), shown);
    BOOST_TEST(has(shown, "ok  backend others        accepted ("), shown);
    BOOST_TEST(has(shown, ": the record\n"), shown);
    BOOST_TEST(has(shown, "this login gets a token for mpadministrator with the unit "), shown);
    BOOST_TEST(has(shown, "; the secret was not checked\n"), shown);

    auto with_secret = asked;
    with_secret.insert(with_secret.end(), {"--secret", "--admin", tokend.unix_address()});
    auto const good = run(with_secret, "other-secret\n");
    BOOST_TEST(good.code == 0, good.errors);
    BOOST_TEST(!has(good.output, "not checked"), good.output);
    auto const wrong = run(with_secret, "guess\n");
    BOOST_TEST(wrong.code == 1);
    BOOST_TEST(has(wrong.output, "no  backend others        bad secret: wrong password ("), wrong.output);
    BOOST_TEST(wrong.errors ==
                   "tokenctl: this login is refused: INVALID_CREDENTIALS: others: bad secret (wrong password)\n",
               wrong.errors);
    auto as_json = asked;
    as_json.insert(as_json.end(), {"--format", "json", "--client-address", "192.0.2.1"});
    auto const data = boost::json::parse(output(as_json)).as_object();
    BOOST_TEST(data.at("accepted").as_bool());
    BOOST_TEST(!has(error(64, {"explain", "--username", "u"}), "Usage"));
    as_json.back() = "here";
    BOOST_TEST(has(error(64, as_json), "client_address"));
}

BOOST_AUTO_TEST_SUITE_END()
