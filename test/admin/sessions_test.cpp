// Sessions of all users: found, shown page by page, and ended.
#include "admin/administered_tokend.hpp"
#include "contract/contract.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <string_view>

using namespace tokend::test;

namespace {

struct fixture
{
    administered_tokend tokend{};

    boost::json::object find(std::string const& query) const
    {
        return check_ok(tokend.ask_as_admin(get("/admin/v1/sessions" + query)));
    }
    // The users of the sessions that a query finds, sorted.
    std::multiset<std::string> users(std::string const& query) const
    {
        std::multiset<std::string> found;
        auto const data = find(query);
        for (auto const& one : data.at("sessions").as_array())
            found.insert(text(one.as_object(), "organisation") + ':' + text(one.as_object(), "username"));
        return found;
    }
    answer revoke(std::string const& body) const
    {
        return tokend.ask_as_admin(post("/admin/v1/sessions/revoke", body));
    }
    std::int64_t released(std::string const& body) const { return check_ok(revoke(body)).at("released").as_int64(); }
};

using names = std::multiset<std::string>;
constexpr std::string_view roamer =
    R"({"username":"roamer","password":"wander-1","organisation":"CRMDEMO","unit":"EE63A82C4FEBE02FF34E90DD1EBA5ABE"})";
constexpr std::string_view second_of_roamer =
    R"({"username":"roamer","password":"wander-1","organisation":"CRMDEMO","unit":"5B0C1D7E2F384A6990ABCDEF12345678"})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sessions_, fixture)

BOOST_AUTO_TEST_CASE(a_session_is_shown_with_all_that_is_known_of_it_but_its_token)
{
    auto const token = issue_token(tokend.address());
    auto const got = tokend.ask_as_admin(get("/admin/v1/sessions"));
    BOOST_TEST(got.body.find(token) == std::string::npos);
    auto const data = check_ok(got);
    BOOST_TEST(data.at("next_cursor").is_null());
    auto const one = data.at("sessions").as_array().at(0).as_object();
    BOOST_TEST(is_accessor(text(one, "accessor")));
    BOOST_TEST(text(one, "organisation") == "CRMDEMO");
    BOOST_TEST(text(one, "username") == "mpadministrator");
    BOOST_TEST(text(one, "unit") == first_unit);
    BOOST_TEST(text(one, "backend") == "staff");
    BOOST_TEST(text(one, "client_address") == "127.0.0.1");
    BOOST_TEST(is_rfc3339(text(one, "issued_at")));
    BOOST_TEST(is_rfc3339(text(one, "expires_at")));
}

BOOST_AUTO_TEST_CASE(each_term_chooses_and_all_terms_must_hold)
{
    issue_token(tokend.address());
    issue_token(tokend.address(), acme_administrator);
    issue_token(tokend.address(), roamer);
    issue_token(tokend.address(), second_of_roamer);
    std::string const crm = "CRMDEMO:mpadministrator";
    BOOST_TEST(users("").size() == 4U);
    BOOST_TEST((users("?organisation=acme") == names{"ACME:mpadministrator"}));
    BOOST_TEST((users("?username=mpadministrator") == names{crm, "ACME:mpadministrator"}));
    BOOST_TEST((users("?username=mpadministrator&organisation=CRMDEMO") == names{crm}));
    BOOST_TEST((users("?unit=" + std::string{second_unit}) == names{"CRMDEMO:roamer"}));
    BOOST_TEST((users("?backend=others") == names{"ACME:mpadministrator"}));
    BOOST_TEST(users("?client_network=127.0.0.0/8").size() == 4U);
    BOOST_TEST(users("?client_network=10.0.0.0/8").size() == 0U);
    BOOST_TEST(users("?issued_before=2001-01-01T00:00:00Z").size() == 0U);
    BOOST_TEST(users("?issued_before=2101-01-01T00:00:00Z").size() == 4U);
    BOOST_TEST(users("?username=").size() == 4U);
    BOOST_TEST(users("?username=Nobody").size() == 0U);
}

BOOST_AUTO_TEST_CASE(sessions_not_used_since_are_those_with_a_sliding_lifetime_that_is_old_enough)
{
    issue_token(tokend.address());
    issue_token(tokend.address(), acme_administrator);
    BOOST_TEST((users("?idle_since=2101-01-01T00:00:00Z") == names{"ACME:mpadministrator"}));
    BOOST_TEST(users("?idle_since=2026-01-01T00:00:00Z").size() == 0U);
    BOOST_TEST(released(R"({"idle_since":"2026-01-01T00:00:00Z"})") == 0);
    BOOST_TEST(released(R"({"idle_since":"2101-01-01T00:00:00Z"})") == 1);
    BOOST_TEST((users("") == names{"CRMDEMO:mpadministrator"}));
}

BOOST_AUTO_TEST_CASE(pages_meet_every_session_once)
{
    std::set<std::string> met;
    for (int i = 0; i < 25; ++i)
        issue_token(tokend.address());
    std::string cursor;
    int pages = 0;
    do
    {
        auto const data = find("?limit=4" + (cursor.empty() ? "" : "&cursor=" + cursor));
        auto const sessions = data.at("sessions").as_array();
        BOOST_TEST(sessions.size() <= 4U);
        for (auto const& one : sessions)
            BOOST_TEST(met.insert(text(one.as_object(), "accessor")).second);
        cursor = data.at("next_cursor").is_null() ? "" : text(data, "next_cursor");
        ++pages;
    } while (!cursor.empty());
    BOOST_TEST(met.size() == 25U);
    BOOST_TEST(pages >= 7);
}

BOOST_AUTO_TEST_CASE(a_revocation_ends_what_was_named_and_nothing_else)
{
    auto const crm = issue_token(tokend.address());
    auto const acme = issue_token(tokend.address(), acme_administrator);
    auto const first = issue_token(tokend.address(), roamer);
    auto const second = issue_token(tokend.address(), second_of_roamer);
    BOOST_TEST(released(R"({"username":"roamer","unit":")" + std::string{second_unit} + R"("})") == 1);
    BOOST_TEST(!is_active(tokend.address(), second));
    BOOST_TEST(is_active(tokend.address(), first));
    BOOST_TEST(released(R"({"organisation":"crmdemo"})") == 2);
    BOOST_TEST(!is_active(tokend.address(), crm));
    BOOST_TEST(!is_active(tokend.address(), first));
    BOOST_TEST(is_active(tokend.address(), acme));
    BOOST_TEST(released(R"({"all":true})") == 1);
    BOOST_TEST(!is_active(tokend.address(), acme));
    BOOST_TEST(released(R"({"all":true})") == 0);
}

BOOST_AUTO_TEST_CASE(a_revocation_in_parts_tells_its_progress)
{
    for (int i = 0; i < 10; ++i)
        issue_token(tokend.address());
    std::int64_t sum = 0;
    std::int64_t looked_at = 0;
    std::string cursor;
    do
    {
        auto const data = check_ok(
            revoke(R"({"all":true,"limit":3)" + (cursor.empty() ? "" : R"(,"cursor":")" + cursor + '"') + "}"));
        BOOST_TEST(data.at("released").as_int64() <= 3);
        sum += data.at("released").as_int64();
        BOOST_TEST(data.at("looked_at").as_int64() > looked_at);
        looked_at = data.at("looked_at").as_int64();
        BOOST_TEST(looked_at <= data.at("of").as_int64());
        cursor = data.at("next_cursor").is_null() ? "" : text(data, "next_cursor");
        if (cursor.empty())
            BOOST_TEST(looked_at == data.at("of").as_int64());
    } while (!cursor.empty());
    BOOST_TEST(sum == 10);
    BOOST_TEST(users("").size() == 0U);
}

BOOST_AUTO_TEST_CASE(one_session_ends_by_its_accessor)
{
    auto const kept = issue_token(tokend.address(), acme_administrator);
    auto const token = issue_token(tokend.address());
    auto const one = find("?organisation=CRMDEMO").at("sessions").as_array().at(0).as_object();
    auto const end = request("DELETE", "/admin/v1/sessions/" + text(one, "accessor"));
    BOOST_TEST(check_ok(tokend.ask_as_admin(end)).at("released").as_int64() == 1);
    BOOST_TEST(!is_active(tokend.address(), token));
    BOOST_TEST(is_active(tokend.address(), kept));
    BOOST_TEST(check_ok(tokend.ask_as_admin(end)).at("released").as_int64() == 0);
    for (auto const* const no_accessor : {"x", "AAAAAAAAAAAAAAAAAAAAAB", "%00"})
    {
        auto const got = tokend.ask_as_admin(request("DELETE", "/admin/v1/sessions/" + std::string{no_accessor}));
        BOOST_TEST(check_ok(got).at("released").as_int64() == 0);
    }
}

BOOST_AUTO_TEST_CASE(what_is_misspelt_or_out_of_range_changes_nothing)
{
    auto const token = issue_token(tokend.address());
    struct
    {
        std::string_view body;
        std::string_view code;
        std::string_view description;
    } const wrong[] = {
        {"{}", "MISSING_PARAMETER", "all"},
        {R"({"all":false})", "MISSING_PARAMETER", "all"},
        {R"({"all":"yes"})", "INVALID_PARAMETER", "all"},
        {R"({"all":true,"organization":"ACME"})", "INVALID_PARAMETER", "organization"},
        {R"({"all":true,"organisation":"ACME"})", "INVALID_PARAMETER", "all"},
        {R"({"all":true,"password":"x"})", "INVALID_PARAMETER", "password"},
        {R"({"client_network":"127.0.0.1/33"})", "INVALID_PARAMETER", "client_network"},
        {R"({"issued_before":"yesterday"})", "INVALID_PARAMETER", "issued_before"},
        {R"({"issued_before":"2026-02-30T00:00:00Z"})", "INVALID_PARAMETER", "issued_before"},
        {R"({"idle_since":"5m"})", "INVALID_PARAMETER", "idle_since"},
        {R"({"all":true,"idle_since":"2026-01-01T00:00:00Z"})", "INVALID_PARAMETER", "all"},
        {R"({"all":true,"limit":0})", "INVALID_PARAMETER", "limit"},
        {R"({"all":true,"limit":1001})", "INVALID_PARAMETER", "limit"},
        {R"({"all":true,"cursor":"007"})", "INVALID_PARAMETER", "cursor"},
        {R"({"all":true,"cursor":"99999999999999"})", "INVALID_PARAMETER", "cursor"},
        {R"({"all":true,"cursor":"99999999999999999999999"})", "INVALID_PARAMETER", "cursor"},
        {R"({"all":true,"a b":"x"})", "INVALID_PARAMETER", ""},
    };
    for (auto const& w : wrong)
        BOOST_TEST_CONTEXT(w.body)
    check_error(revoke(std::string{w.body}), 400, w.code, w.description);
    check_bad_body(revoke("[]"));
    auto const by_query = post("/admin/v1/sessions/revoke?organisation=ACME", R"({"all":true})");
    check_error(tokend.ask_as_admin(by_query), 400, "INVALID_PARAMETER", "query");
    for (auto const* const query : {"?organization=x", "?limit=x", "?limit=-1", "?limit=1&limit=1", "?cursor=0",
                                    "?cursor=-1", "?client_network=x", "?all=true", "?token=1", "?=x"})
        BOOST_TEST_CONTEXT(query)
    BOOST_TEST(tokend.ask_as_admin(get("/admin/v1/sessions" + std::string{query})).status == 400);
    BOOST_TEST(is_active(tokend.address(), token));
}

BOOST_AUTO_TEST_SUITE_END()
