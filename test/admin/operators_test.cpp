// Who may do what: roles, organisations, and how operators show who they are.
#include "admin/administered_tokend.hpp"
#include "contract/contract.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace tokend::test;

namespace {

struct call
{
    std::string_view verb;
    std::string_view target;
    std::string_view body;
    std::string_view least;  // the least role that may make it
    bool concerns_all;       // an operator of some organisations may not make it
};

constexpr call calls[] = {
    {"GET", "/admin/v1/sessions", "", "viewer", false},
    {"GET", "/admin/v1/lockouts", "", "viewer", false},
    {"GET", "/admin/v1/backends", "", "viewer", false},
    {"GET", "/admin/v1/stats", "", "viewer", false},
    {"GET", "/admin/v1/status", "", "viewer", false},
    {"GET", "/admin/v1/history", "", "viewer", true},
    {"DELETE", "/admin/v1/sessions/AAAAAAAAAAAAAAAAAAAAAA", "", "operator", false},
    {"POST", "/admin/v1/sessions/revoke", R"({"username":"nobody"})", "operator", false},
    {"DELETE", "/admin/v1/lockouts", "", "operator", false},
    {"DELETE", "/admin/v1/lockouts/CRMDEMO/nobody", "", "operator", false},
    {"POST", "/admin/v1/backends/others/test", "", "operator", false},
    {"GET", "/admin/v1/config", "", "admin", true},
    {"POST", "/admin/v1/reload", "", "admin", true},
};
constexpr std::string_view roles[] = {"viewer", "operator", "admin"};

bool reaches(std::string_view role, std::string_view least)
{
    return std::ranges::find(roles, role) >= std::ranges::find(roles, least);
}

// Asks on a thread that has another user and other groups. The kernel keeps them for each thread, and notes them when
// the thread connects.
answer ask_as(uid_t user, std::vector<gid_t> const& groups, std::string const& address, std::string const& request)
{
    answer got;
    std::thread{[&] {
        ::syscall(SYS_setgroups, groups.size(), groups.data());
        ::syscall(SYS_setresgid, user, user, user);
        ::syscall(SYS_setresuid, user, user, user);
        got = ask(address, request);
    }}.join();
    return got;
}

std::string const list = get("/admin/v1/sessions");

}  // namespace

BOOST_AUTO_TEST_SUITE(operators_)

BOOST_AUTO_TEST_CASE(each_role_may_do_what_it_may_and_no_more)
{
    administered_tokend tokend;
    for (auto const role : roles)
        for (bool const limited : {false, true})
        {
            tokend.grant(std::string{role} + (limited ? "@ACME" : ""));
            for (auto const& c : calls)
                BOOST_TEST_CONTEXT(role << (limited ? " of ACME: " : ": ") << c.verb << ' ' << c.target)
                {
                    auto const got = tokend.ask_as_bearer(c.verb, c.target, c.body);
                    if (reaches(role, c.least) && !(limited && c.concerns_all))
                        check_ok(got);
                    else
                        check_error(got, 403, "FORBIDDEN");
                }
        }
}

BOOST_AUTO_TEST_CASE(an_operator_of_one_organisation_sees_and_ends_nothing_of_another)
{
    administered_tokend tokend{"operator@ACME"};
    auto const ours = issue_token(tokend.address(), acme_administrator);
    auto const theirs = issue_token(tokend.address(), administrator);

    auto const seen = check_ok(tokend.ask_as_bearer("GET", "/admin/v1/sessions")).at("sessions").as_array();
    BOOST_TEST_REQUIRE(seen.size() == 1U);
    BOOST_TEST(text(seen[0].as_object(), "organisation") == "ACME");

    auto const all = check_ok(tokend.ask_as_admin(list)).at("sessions").as_array();
    BOOST_TEST_REQUIRE(all.size() == 2U);
    for (auto const& one : all)
    {
        auto const is_ours = text(one.as_object(), "organisation") == "ACME";
        auto const target = "/admin/v1/sessions/" + text(one.as_object(), "accessor");
        if (!is_ours)
            BOOST_TEST(check_ok(tokend.ask_as_bearer("DELETE", target)).at("released").as_int64() == 0);
    }
    for (auto const* const body : {R"({"all":true})", R"({"username":"mpadministrator"})"})
    {
        issue_token(tokend.address(), acme_administrator);
        BOOST_TEST(check_ok(tokend.ask_as_bearer("POST", "/admin/v1/sessions/revoke", body)).at("released").as_int64() >
                   0);
        BOOST_TEST(is_active(tokend.address(), theirs));
    }
    BOOST_TEST(!is_active(tokend.address(), ours));
    auto const none = tokend.ask_as_bearer("POST", "/admin/v1/sessions/revoke", R"({"organisation":"CRMDEMO"})");
    BOOST_TEST(check_ok(none).at("released").as_int64() == 0);
    BOOST_TEST(is_active(tokend.address(), theirs));

    auto const backends = check_ok(tokend.ask_as_bearer("GET", "/admin/v1/backends")).at("backends").as_array();
    BOOST_TEST_REQUIRE(backends.size() == 1U);
    BOOST_TEST(text(backends[0].as_object(), "name") == "others");
    check_error(tokend.ask_as_bearer("POST", "/admin/v1/backends/staff/test"), 404, "NOT_FOUND");
}

BOOST_AUTO_TEST_CASE(lock_outs_of_another_organisation_stay)
{
    administered_tokend tokend{"operator@CRMDEMO"};
    for (auto const* const guess : {"1", "2", "3"})
        ask(tokend.address(), post(issue_path, R"({"username":"mpadministrator","organisation":"ACME","password":")" +
                                                   std::string{guess} + R"("})"));
    auto const count = [](answer const& got) { return check_ok(got).at("lockouts").as_array().size(); };
    BOOST_TEST(count(tokend.ask_as_bearer("GET", "/admin/v1/lockouts")) == 0U);
    for (auto const* const target : {"/admin/v1/lockouts", "/admin/v1/lockouts/ACME/mpadministrator"})
        BOOST_TEST(check_ok(tokend.ask_as_bearer("DELETE", target)).at("unlocked").as_int64() == 0);
    BOOST_TEST(count(tokend.ask_as_admin(get("/admin/v1/lockouts"))) == 1U);
}

BOOST_AUTO_TEST_CASE(whoever_does_not_show_who_it_is_learns_nothing)
{
    administered_tokend tokend;
    check_error(tokend.ask_as_bearer("GET", "/admin/v1/sessions", "", ""), 401, "INVALID_TOKEN");
    check_error(tokend.ask_as_bearer("GET", "/admin/v1/sessions", "", std::string{operator_token} + '0'), 401,
                "INVALID_TOKEN");
    check_error(tokend.ask_as_bearer("GET", "/admin/v1/sessions", "", operator_token.substr(1)), 401, "INVALID_TOKEN");
    auto const token = issue_token(tokend.address());
    check_error(tokend.ask_as_bearer("GET", "/admin/v1/sessions", "", token), 401, "INVALID_TOKEN");
    BOOST_TEST(tokend.ask_as_bearer("GET", "/readyz", "", "").status == 200);
}

BOOST_AUTO_TEST_CASE(a_page_of_another_site_lets_no_browser_administer)
{
    administered_tokend tokend;
    auto const from = [&](std::string const& origin) {
        return tokend.ask_as_admin(get("/admin/v1/sessions", "Origin: " + origin + "\r\n"));
    };
    check_ok(from("https://tokend"));  // as Host says
    check_ok(from("http://TOKEND"));
    for (auto const* const site :
         {"https://example.com", "https://tokend.example.com", "https://tokend:8443", "null", ""})
        BOOST_TEST_CONTEXT(site)
    check_error(from(site), 403, "FORBIDDEN");
    check_error(from("https://tokend\r\nOrigin: https://tokend"), 403, "FORBIDDEN");
}

BOOST_AUTO_TEST_CASE(a_process_is_known_by_its_user_and_its_groups)
{
    if (::geteuid() != 0)
    {
        BOOST_TEST_MESSAGE("not run: only root can become another user");
        return;
    }
    administered_tokend tokend{"admin user:4001; viewer group:4002; operator@ACME group:4003; admin"};
    std::filesystem::permissions(tokend.unix_address().substr(5), std::filesystem::perms::all);
    std::filesystem::permissions(std::filesystem::path{tokend.unix_address().substr(5)}.parent_path(),
                                 std::filesystem::perms::all);
    auto const as = [&](uid_t user, std::vector<gid_t> const& groups, std::string const& request) {
        return ask_as(user, groups, tokend.unix_address(), request);
    };
    auto const revoke = post("/admin/v1/sessions/revoke", R"({"username":"nobody"})");
    auto const see = get("/admin/v1/config");
    check_ok(as(4001, {}, see));
    check_error(as(4000, {}, list), 403, "FORBIDDEN");
    check_ok(as(4000, {4002}, list));
    check_error(as(4000, {4002}, revoke), 403, "FORBIDDEN");
    check_ok(as(4000, {4002, 4003}, revoke));
    check_ok(as(4000, {4003, 4005, 4006}, list));
    check_error(as(4000, {4002, 4003}, see), 403, "FORBIDDEN");
    check_ok(as(4003, {}, list));  // its main group
}

BOOST_AUTO_TEST_CASE(every_call_is_in_the_audit_log_with_the_operator)
{
    administered_tokend tokend{"viewer"};
    issue_token(tokend.address());
    check_ok(tokend.ask_as_admin(post("/admin/v1/sessions/revoke", R"({"organisation":"CRMDEMO"})")));
    check_error(tokend.ask_as_bearer("GET", "/admin/v1/config"), 403, "FORBIDDEN");
    check_error(tokend.ask_as_bearer("GET", "/admin/v1/sessions?nmae=x"), 400, "INVALID_PARAMETER", "nmae");
    auto const records = tokend.served().stop();
    std::string lines;
    for (auto const& r : records)
        if (auto const who = member(r, "operator"); !who.empty())
            lines += member(r, "event") + ' ' + who + ' ' + member(r, "code") + ' ' + member(r, "ended") + '\n';
    auto const self = "uid " + std::to_string(::geteuid());
    BOOST_TEST(lines == "revoke_sessions " + self + " OK 1\nshow_configuration bearer FORBIDDEN \n" +
                            "find_sessions bearer INVALID_PARAMETER \n");
}

BOOST_AUTO_TEST_SUITE_END()
