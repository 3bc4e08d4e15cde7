// The caller's own sessions: listing and releasing them.
#include "contract/contract.hpp"
#include "contract/shared_daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>

using namespace tokend::test;

namespace {

struct own_sessions
{
    static daemon_options options() { return {demonstration(), {"--login.failure-time=0ms"}}; }
};

constexpr std::string_view list_path = "/authentication/sessions";
constexpr std::string_view release_sessions_path = "/authentication/sessions/release";
constexpr std::string_view kiosk =
    R"({"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"})";

answer call(std::string_view path, std::string_view body, std::string_view headers = {})
{
    return ask(served<own_sessions>::address(), post(path, body, headers));
}

struct issued
{
    std::string token;
    std::string accessor;
};
issued log_in(std::string_view body)
{
    auto const a = call(issue_path, body);
    return {std::string{check_ok(a).at("token").as_string()}, std::string{a.header("X-Token-Accessor")}};
}

boost::json::array list(std::string const& token)
{
    return check_ok(call(list_path, token_body(token))).at("sessions").as_array();
}

bool active(std::string_view token) { return is_active(served<own_sessions>::address(), token); }

int released(std::string const& token, std::string_view members)
{
    return check_ok(call(release_sessions_path, token_body(token, members))).at("released").to_number<int>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(own_sessions_, *boost::unit_test::fixture<served<own_sessions>>())

BOOST_AUTO_TEST_CASE(a_listing_shows_the_callers_own_sessions_and_which_one_asks)
{
    auto const first = log_in(acme_administrator);
    auto const second = log_in(acme_administrator);
    log_in(administrator);  // the same name, another organisation
    auto const sessions = list(second.token);
    BOOST_REQUIRE(sessions.size() == 2U);
    std::map<std::string, bool> current;
    for (auto const& each : sessions)
    {
        auto const& one = each.as_object();
        std::string names;
        for (auto const& member : one)
            names.append(member.key()).append(" ");
        BOOST_TEST(names == "accessor issued_at expires_at unit client_address current ");
        BOOST_TEST(is_rfc3339(one.at("issued_at").as_string()));
        BOOST_TEST(is_rfc3339(one.at("expires_at").as_string()));
        BOOST_TEST(one.at("client_address").as_string() == "127.0.0.1");
        current[std::string{one.at("accessor").as_string()}] = one.at("current").as_bool();
    }
    BOOST_TEST(current.at(first.accessor) == false);
    BOOST_TEST(current.at(second.accessor) == true);
    BOOST_TEST(released(second.token, R"("all_others":true)") == 1);
}

BOOST_AUTO_TEST_CASE(pages_of_a_listing_show_every_session_once)
{
    auto const first = log_in(kiosk);
    std::set<std::string> expected{first.accessor};
    for (int i = 0; i < 4; ++i)
        expected.insert(log_in(kiosk).accessor);
    std::set<std::string> shown;
    std::string cursor = "null";
    int pages = 0;
    do
    {
        auto const data = check_ok(call(list_path, token_body(first.token, R"("limit":2,"cursor":)" + cursor)));
        for (auto const& one : data.at("sessions").as_array())
            BOOST_TEST(shown.insert(std::string{one.as_object().at("accessor").as_string()}).second);
        cursor = boost::json::serialize(data.at("next_cursor"));
        ++pages;
    } while (cursor != "null" && pages < 10);
    BOOST_TEST(pages == 3);
    BOOST_TEST(shown == expected, boost::test_tools::per_element());
    BOOST_TEST(released(first.token, R"("all_others":true)") == 4);
    auto const whole = call(list_path, token_body(first.token)).body;
    BOOST_TEST(whole.ends_with(R"(}],"next_cursor":null}})"), whole);
    call(release_path, token_body(first.token));
}

BOOST_AUTO_TEST_CASE(a_page_has_a_hundred_sessions_unless_it_is_asked_for_others)
{
    auto const first = log_in(kiosk);
    for (int i = 0; i < 100; ++i)
        log_in(kiosk);
    BOOST_TEST(list(first.token).size() == 100U);
    auto const all = check_ok(call(list_path, token_body(first.token, R"("limit":1000)")));
    BOOST_TEST(all.at("sessions").as_array().size() == 101U);
    BOOST_TEST(released(first.token, R"("all_others":true)") == 100);
    call(release_path, token_body(first.token));
}

BOOST_AUTO_TEST_CASE(a_limit_or_a_cursor_that_is_none_is_refused_with_its_name)
{
    auto const token = log_in(administrator).token;
    for (auto const limit : {"0", "-1", "1001", "1.0", "1e2", R"("10")", "true", "[]", "18446744073709551616"})
        BOOST_TEST_CONTEXT(limit)
    check_error(call(list_path, token_body(token, R"("limit":)" + std::string{limit})), 400, "INVALID_PARAMETER",
                "limit");
    for (auto const cursor : {"1", "true", R"("x")", R"("1.2")", "{}"})
        BOOST_TEST_CONTEXT(cursor)
    check_error(call(list_path, token_body(token, R"("cursor":)" + std::string{cursor})), 400, "INVALID_PARAMETER",
                "cursor");
    check_error(call(list_path, R"({"cursor":"x"})"), 400, "INVALID_PARAMETER", "cursor");
    check_error(call(list_path, R"({"token":1,"limit":0})"), 400, "INVALID_PARAMETER", "token");
    check_error(call(list_path, R"({"limit":0,"cursor":1})"), 400, "INVALID_PARAMETER", "limit");
    for (auto const good : {R"("limit":null,"cursor":"")", R"("limit":"","cursor":null)", R"("limit":1)"})
        check_ok(call(list_path, token_body(token, good)));
}

// A users file compares bytes, so these are different users.
BOOST_AUTO_TEST_CASE(users_whose_names_differ_in_case_do_not_see_or_end_each_others_sessions)
{
    temporary_folder const folder;
    folder.write("list", "alice 1 U1 -\nALICE 1 U1 -\n");
    daemon_process const tokend{
        {.configuration = folder.write("tokend.conf", "[backend.staff]\nplugin = listed\nlist = list\n"
                                                      "[organisation.ACME]\nbackends = staff\n"),
         .plugins = fake_plugins()}};
    auto const log_in_as = [&](std::string_view name) {
        auto const a = ask(tokend.address(), post(issue_path, R"({"username":")" + std::string{name} +
                                                                  R"(","password":"p","organisation":"ACME"})"));
        return issued{std::string{check_ok(a).at("token").as_string()}, std::string{a.header("X-Token-Accessor")}};
    };
    auto const alice = log_in_as("alice");
    auto const shouted = log_in_as("ALICE");
    auto const number = [&](std::string_view path, std::string_view members) {
        return check_ok(ask(tokend.address(), post(path, token_body(shouted.token, members))));
    };
    BOOST_TEST(number(list_path, R"("limit":10)").at("sessions").as_array().size() == 1U);
    BOOST_TEST(number(release_sessions_path, R"("all_others":true)").at("released").to_number<int>() == 0);
    auto const accessor = R"("accessor":")" + alice.accessor + '"';
    BOOST_TEST(number(release_sessions_path, accessor).at("released").to_number<int>() == 0);
    BOOST_TEST(is_active(tokend.address(), alice.token));
}

BOOST_AUTO_TEST_CASE(all_others_releases_every_session_but_the_one_that_asks)
{
    auto const first = log_in(kiosk);
    auto const second = log_in(kiosk);
    auto const third = log_in(kiosk);
    BOOST_TEST(released(second.token, R"("all_others":true)") == 2);
    BOOST_TEST(!active(first.token));
    BOOST_TEST(active(second.token));
    BOOST_TEST(!active(third.token));
    BOOST_TEST(list(second.token).size() == 1U);
    BOOST_TEST(released(second.token, R"("all_others":true)") == 0);
}

BOOST_AUTO_TEST_CASE(an_accessor_releases_one_session_of_the_callers_and_nobody_elses)
{
    auto const mine = log_in(administrator);
    auto const other = log_in(administrator);
    auto const kiosks = log_in(kiosk);
    auto const accessor = [](std::string const& text) { return R"("accessor":")" + text + '"'; };
    BOOST_TEST(released(mine.token, accessor(kiosks.accessor)) == 0);
    BOOST_TEST(active(kiosks.token));
    BOOST_TEST(released(mine.token, accessor("AAAAAAAAAAAAAAAAAAAAAA")) == 0);
    BOOST_TEST(released(mine.token, accessor("?")) == 0);
    BOOST_TEST(released(mine.token, accessor(other.accessor) + R"(,"all_others":false)") == 1);
    BOOST_TEST(!active(other.token));
    BOOST_TEST(released(mine.token, accessor(mine.accessor)) == 1);
    BOOST_TEST(!active(mine.token));
}

BOOST_AUTO_TEST_CASE(errors_come_in_the_contracts_order)
{
    auto const token = log_in(administrator).token;
    auto const check = [](std::string_view path, std::string_view body, int status, std::string_view code,
                          std::string_view description = {}, std::string_view headers = {}) {
        BOOST_TEST_CONTEXT(path << ' ' << body) check_error(call(path, body, headers), status, code, description);
    };
    check(list_path, "", 400, "MISSING_PARAMETER", "token");
    check(list_path, R"({"token":1})", 400, "INVALID_PARAMETER", "token");
    check(list_path, R"({"token":"x"})", 401, "INVALID_TOKEN");
    check(list_path, token_body("x"), 400, "CONFLICTING_CREDENTIALS", {}, bearer("y"));
    auto const& release = release_sessions_path;
    check(release, token_body("x", R"("accessor":1,"all_others":1)"), 400, "INVALID_PARAMETER", "accessor");
    check(release, token_body("x", R"("all_others":"yes")"), 400, "INVALID_PARAMETER", "all_others");
    check(release, R"({"accessor":"a","all_others":true})", 400, "INVALID_PARAMETER", "all_others", bearer("y"));
    check(release, token_body("x"), 400, "CONFLICTING_CREDENTIALS", {}, bearer("y"));
    check(release, R"({"all_others":true})", 400, "MISSING_PARAMETER", "token");
    check(release, token_body("x"), 400, "MISSING_PARAMETER", "accessor");
    check(release, token_body(token, R"("accessor":"","all_others":false)"), 400, "MISSING_PARAMETER", "accessor");
    check(release, token_body("x", R"("all_others":true)"), 401, "INVALID_TOKEN");
    BOOST_TEST(active(token));
}

BOOST_AUTO_TEST_SUITE_END()
