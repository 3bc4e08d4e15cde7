// Lock-outs, backends and the configuration of a running tokend.
#include "admin/administered_tokend.hpp"
#include "contract/contract.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace tokend::test;

namespace {

answer log_in_at_acme(std::string const& address, std::string_view name, std::string_view password)
{
    return ask(address, post(issue_path, R"({"organisation":"ACME","username":")" + std::string{name} +
                                             R"(","password":")" + std::string{password} + R"("})"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(process_)

BOOST_AUTO_TEST_CASE(a_lock_out_is_shown_and_ends_at_once_when_it_is_unlocked)
{
    administered_tokend tokend;
    for (auto const* const guess : {"1", "2"})
        check_error(log_in_at_acme(tokend.address(), "MPAdministrator", guess), 401, "INVALID_CREDENTIALS");
    BOOST_TEST(log_in_at_acme(tokend.address(), "mpadministrator", "other-secret").status == 429);

    auto const listed = check_ok(tokend.ask_as_admin(get("/admin/v1/lockouts"))).at("lockouts").as_array();
    BOOST_TEST_REQUIRE(listed.size() == 1U);
    auto const one = listed[0].as_object();
    BOOST_TEST(text(one, "organisation") == "acme");
    BOOST_TEST(text(one, "username") == "mpadministrator");
    BOOST_TEST(text(one, "level") == "network");
    BOOST_TEST(text(one, "network") == "127.0.0.1/32");
    BOOST_TEST((one.at("seconds").as_int64() > 0 && one.at("seconds").as_int64() <= 900));

    auto const unlock = [&](std::string const& who) {
        auto const got = tokend.ask_as_admin(request("DELETE", "/admin/v1/lockouts/" + who));
        return check_ok(got).at("unlocked").as_int64();
    };
    BOOST_TEST(unlock("ACME/somebody") == 0);
    BOOST_TEST(unlock("CRMDEMO/mpadministrator") == 0);
    BOOST_TEST(unlock("Acme/MP%41dministrator") == 1);
    BOOST_TEST(log_in_at_acme(tokend.address(), "mpadministrator", "other-secret").status == 200);
    BOOST_TEST(unlock("ACME/mpadministrator") == 0);
}

BOOST_AUTO_TEST_CASE(all_lock_outs_end_together)
{
    administered_tokend tokend;
    for (auto const* const name : {"a", "b", "mpadministrator"})
        for (auto const* const guess : {"1", "2"})
            log_in_at_acme(tokend.address(), name, guess);
    auto const by_query = request("DELETE", "/admin/v1/lockouts?organisation=CRMDEMO");
    check_error(tokend.ask_as_admin(by_query), 400, "INVALID_PARAMETER", "query");
    auto const got = tokend.ask_as_admin(request("DELETE", "/admin/v1/lockouts"));
    BOOST_TEST(check_ok(got).at("unlocked").as_int64() == 3);
    BOOST_TEST(log_in_at_acme(tokend.address(), "mpadministrator", "other-secret").status == 200);
}

BOOST_AUTO_TEST_CASE(backends_are_shown_with_their_plugins_and_organisations)
{
    administered_tokend tokend;
    auto const all = check_ok(tokend.ask_as_admin(get("/admin/v1/backends"))).at("backends").as_array();
    BOOST_TEST_REQUIRE(all.size() == 3U);
    auto const staff = all[0].as_object();
    BOOST_TEST(text(staff, "name") == "staff");
    BOOST_TEST(text(staff, "plugin") == "file");
    BOOST_TEST(!text(staff, "version").empty());
    BOOST_TEST(staff.at("healthy").as_bool());
    BOOST_TEST(text(staff, "reason").empty());
    BOOST_TEST(text(staff, "breaker") == "closed");
    BOOST_TEST(staff.at("in_flight").as_int64() == 0);
    BOOST_TEST(staff.at("queued").as_int64() == 0);
    BOOST_TEST(staff.at("last_error").is_null());
    BOOST_TEST((staff.at("organisations") == boost::json::array{"CRMDEMO"}));

    auto const one = check_ok(tokend.ask_as_admin(post("/admin/v1/backends/staff/test", {})));
    BOOST_TEST(text(one, "name") == "staff");
    for (auto const* const path : {"/admin/v1/backends/nothing/test", "/admin/v1/backends/staff/tset"})
        check_error(tokend.ask_as_admin(post(path, {})), 404, "NOT_FOUND");
}

BOOST_AUTO_TEST_CASE(who_has_the_tokens_is_counted)
{
    administered_tokend tokend;
    for (int i = 0; i < 3; ++i)
        issue_token(tokend.address());
    issue_token(tokend.address(), acme_administrator);
    auto const data = check_ok(tokend.ask_as_admin(get("/admin/v1/stats")));
    BOOST_TEST(data.at("live").as_int64() == 4);
    auto const row = [&](char const* list, std::size_t number) { return serialize(data.at(list).at(number)); };
    BOOST_TEST(row("organisations", 0) == R"({"organisation":"CRMDEMO","live":3,"error":0})");
    BOOST_TEST(row("organisations", 1) == R"({"organisation":"ACME","live":1,"error":0})");
    BOOST_TEST(row("backends", 1) == R"({"backend":"others","live":1,"error":0})");
    BOOST_TEST(row("users", 0) == R"({"organisation":"CRMDEMO","username":"mpadministrator","live":3,"error":0})");
    BOOST_TEST(row("networks", 0) == R"({"network":"127.0.0.1/32","live":4,"error":0})");
    check_ok(tokend.ask_as_admin(post("/admin/v1/sessions/revoke", R"({"all":true})")));
    auto const later = check_ok(tokend.ask_as_admin(get("/admin/v1/stats")));
    BOOST_TEST(later.at("live").as_int64() == 0);
    BOOST_TEST(later.at("issued").at("total").as_int64() == 4);
    auto const issued = [&](char const* list) { return serialize(later.at("issued").at(list).at(0)); };
    BOOST_TEST(issued("organisations") == R"({"organisation":"CRMDEMO","issued":3,"error":0})");
    BOOST_TEST(issued("backends") == R"({"organisation":"CRMDEMO","backend":"staff","issued":3,"error":0})");
    BOOST_TEST(issued("users") == R"({"organisation":"CRMDEMO","username":"mpadministrator","issued":3,"error":0})");
    BOOST_TEST(issued("networks") == R"({"organisation":"CRMDEMO","network":"127.0.0.1/32","issued":3,"error":0})");
    issue_token(tokend.address(), acme_administrator);
    auto const first = check_ok(tokend.ask_as_admin(get("/admin/v1/stats?top=1")));
    BOOST_TEST(first.at("organisations").as_array().size() == 1U);
    BOOST_TEST(tokend.ask_as_admin(get("/admin/v1/stats?top=0")).status == 400);
    tokend.grant("viewer@ACME");
    auto const seen = check_ok(tokend.ask_as_bearer("GET", "/admin/v1/stats"));
    BOOST_TEST(seen.at("live").as_int64() == 1);
    BOOST_TEST(serialize(seen.at("issued").at("organisations")) == R"([{"organisation":"ACME","issued":2,"error":0}])");
    BOOST_TEST(seen.at("issued").at("networks").as_array().size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_configuration_is_shown_and_holds_no_secret)
{
    administered_tokend tokend;
    auto const got = tokend.ask_as_admin(get("/admin/v1/config"));
    BOOST_TEST(got.body.find(operator_token) == std::string::npos);
    auto const printed = text(check_ok(got), "configuration");
    BOOST_TEST(printed.find("[organisation.ACME]") != std::string::npos);
    BOOST_TEST(printed.find("lockout-failures = 2") != std::string::npos);
    BOOST_TEST(printed.find("operators = admin bearer") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reload_reports_every_mistake_and_keeps_what_runs)
{
    administered_tokend tokend;
    auto const reload = [&] { return check_ok(tokend.ask_as_admin(post("/admin/v1/reload", {}))); };
    BOOST_TEST(reload().at("reloaded").as_bool());
    tokend.served().configure("[tokens]\nlifetime = never\n[admin]\noperators = chef user:root\n");
    auto const refused = reload();
    BOOST_TEST(!refused.at("reloaded").as_bool());
    auto const mistakes = refused.at("mistakes").as_array();
    BOOST_TEST_REQUIRE(mistakes.size() == 2U);
    BOOST_TEST(std::string{mistakes[0].as_string()}.find("lifetime is 'never'") != std::string::npos);
    BOOST_TEST(std::string{mistakes[1].as_string()}.find("operators is 'chef user:root'") != std::string::npos);
    issue_token(tokend.address());
}

BOOST_AUTO_TEST_SUITE_END()
