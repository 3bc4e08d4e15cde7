// The parts of a backend's answer that reach the client: units, groups, names with odd bytes, a credential's expiry.
#include "contract/contract.hpp"
#include "contract/shared_daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

#include <ctime>
#include <string>

using namespace tokend::test;

namespace {

std::string organisation(std::string_view id, std::string_view settings, std::string_view rules = {})
{
    std::string const name{id};
    return "[backend." + name + "]\nplugin = gives_verdict\nverdict = 1\n" + std::string{settings} + "[organisation." +
           name + "]\nbackends = " + name + "\n" + std::string{rules};
}

struct principals
{
    static daemon_options options()
    {
        static temporary_folder const folder;
        auto const soon = std::to_string(std::time(nullptr) + 600);
        auto const text =
            organisation("one", "units = U1\n") + organisation("two", "units = U1, U2\n") +
            organisation("default", "units = U1, U2\ndefault-unit = U2\n") +
            organisation("names", "username = J\xc3\xbcrgen 100%\nunits = a%b\ngroups = x%y, \xc3\xa9\n") +
            organisation("soon", "not-after = " + soon + "\n") +
            organisation("soon-sliding", "not-after = " + soon + "\n", "lifetime-policy = sliding\n") +
            organisation("short", "", "lifetime = 1s\n") +
            organisation("capped", "", "lifetime = 50s\nlifetime-policy = sliding\nmax-lifetime = 50s\n") +
            organisation("over", "not-after = 1000\n");
        return {.configuration = folder.write("tokend.conf", text),
                .arguments = {"--login.failure-time=0ms"},
                .plugins = fake_plugins()};
    }
};

std::string login(std::string_view organisation, std::string_view unit = {})
{
    return R"({"username":"u","password":"p","organisation":")" + std::string{organisation} + R"(","unit":")" +
           std::string{unit} + R"("})";
}

answer call(std::string_view path, std::string_view body)
{
    return ask(served<principals>::address(), post(path, body));
}

boost::json::object validated(std::string_view organisation, std::string_view unit = {})
{
    auto const token = issue_token(served<principals>::address(), login(organisation, unit));
    return check_ok(call(validate_path, token_body(token)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(principals_, *boost::unit_test::fixture<served<principals>>())

BOOST_AUTO_TEST_CASE(the_unit_is_the_one_asked_for_else_the_default_else_the_only_one)
{
    BOOST_TEST(validated("two", "U2").at("unit").as_string() == "U2");
    BOOST_TEST(validated("default").at("unit").as_string() == "U2");
    BOOST_TEST(validated("default", "U1").at("unit").as_string() == "U1");
    BOOST_TEST(validated("one").at("unit").as_string() == "U1");
    check_error(call(issue_path, login("two")), 403, "NO_DEFAULT_UNIT", "unit");
    check_error(call(issue_path, login("two", "U3")), 403, "UNIT_NOT_ALLOWED", "unit");
    check_error(call(issue_path, login("two", "u1")), 403, "UNIT_NOT_ALLOWED", "unit");
}

BOOST_AUTO_TEST_CASE(names_reach_json_and_headers_unharmed)
{
    auto const token = issue_token(served<principals>::address(), login("names"));
    auto const who = check_ok(call(validate_path, token_body(token)));
    BOOST_TEST(who.at("username").as_string() == "J\xc3\xbcrgen 100%");
    auto const verified = ask(served<principals>::address(), get("/auth/verify", bearer(token)));
    BOOST_TEST(verified.header("X-Auth-User") == "J\xc3\xbcrgen 100%25");
    BOOST_TEST(verified.header("X-Auth-Unit") == "a%25b");
    BOOST_TEST(verified.header("X-Auth-Groups") == "x%25y,\xc3\xa9");
}

BOOST_AUTO_TEST_CASE(a_token_does_not_outlive_its_credential)
{
    for (auto const organisation : {"soon", "soon-sliding"})
    {
        auto const issued = call(issue_path, login(organisation));
        auto const token = check_ok(issued).at("token");
        BOOST_TEST(std::stoi(issued.header("X-Token-Expires-In")) <= 600);
        auto const left =
            check_ok(call(validate_path, token_body(token.as_string(), R"("touch":true)"))).at("expires_in");
        BOOST_TEST(left.to_number<int>() <= 600);
    }
    auto const token = issue_token(served<principals>::address(), login("soon-sliding"));
    BOOST_TEST(check_ok(call(renew_path, token_body(token))).at("expires_in").to_number<int>() <= 600);
}

BOOST_AUTO_TEST_CASE(an_accepted_credential_that_is_over_gives_no_live_token)
{
    auto const a = call(issue_path, login("over"));
    if (a.status == 200)
        BOOST_TEST(!is_active(served<principals>::address(), check_ok(a).at("token").as_string()));
    else
        check_error(a, 401, "INVALID_CREDENTIALS");
}

BOOST_AUTO_TEST_CASE(a_sliding_token_ends_at_its_longest_life)
{
    auto const token = issue_token(served<principals>::address(), login("capped"));
    BOOST_TEST(eventually(
        [&] { return check_ok(call(renew_path, token_body(token))).at("expires_in").to_number<int>() < 50; }));
}

BOOST_AUTO_TEST_CASE(a_token_ends_by_itself)
{
    auto const issued = call(issue_path, login("short"));
    BOOST_TEST(issued.header("X-Token-Expires-In") == "1");
    std::string const token{check_ok(issued).at("token").as_string()};
    BOOST_TEST(eventually([&] { return !is_active(served<principals>::address(), token); }));
    check_error(call(renew_path, token_body(token)), 401, "INVALID_TOKEN");
    BOOST_TEST(ask(served<principals>::address(), get("/auth/verify", bearer(token))).status == 401);
}

BOOST_AUTO_TEST_SUITE_END()
