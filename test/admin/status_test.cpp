// What tokend is and what it has done lately, for operators.
#include "admin/administered_tokend.hpp"
#include "contract/contract.hpp"
#include "support/certificates.hpp"
#include "support/patience.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend::test;

namespace {

std::string const status = "/admin/v1/status";
std::string const history = "/admin/v1/history";

std::int64_t sum(boost::json::object const& of, std::string_view series)
{
    std::int64_t all = 0;
    for (auto const& second : of.at(series).as_array())
        all += second.as_int64();
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(status_)

BOOST_AUTO_TEST_CASE(the_process_and_its_listeners_are_shown)
{
    temporary_folder const folder;
    auto const made = issue({.until = std::chrono::hours{24 * 10}});
    auto const file = folder.write("both.pem", made.pem() + made.key_pem()).string();
    administered_tokend tokend{"admin", "[listen.secure]\naddress = 127.0.0.3:0\ntls-certificates = " + file + '\n'};
    issue_token(tokend.address());
    auto const now = check_ok(tokend.ask_as_bearer("GET", status));
    BOOST_TEST(!text(now, "version").empty());
    BOOST_TEST(!text(now, "node").empty());
    BOOST_TEST(is_rfc3339(text(now, "started_at")));
    BOOST_TEST(text(now, "started_at") <= text(now, "now"));
    BOOST_TEST(now.at("ready").as_bool());
    BOOST_TEST(now.at("reasons").as_array().empty());
    BOOST_TEST(serialize(now.at("operator")) == R"({"name":"bearer","grants":[{"role":"admin","organisations":[]}]})");
    BOOST_TEST(serialize(now.at("tokens")) == R"({"live":1,"capacity":1000000})");
    BOOST_TEST(now.at("configuration").at("last_reload_successful").as_bool());
    auto const listeners = now.at("listeners").as_array();
    BOOST_TEST_REQUIRE(listeners.size() == 4U);
    for (auto const& one : listeners)
    {
        auto const& listener = one.as_object();
        auto const name = text(listener, "name");
        auto const address = std::string{listener.at("addresses").at(0).as_string()};
        BOOST_TEST(listener.at("tls").as_bool() == (name == "secure"));
        BOOST_TEST(listener.at("certificates").as_array().size() == (name == "secure" ? 1U : 0U));
        if (name == "tcp")
            BOOST_TEST(address == tokend.tcp_address());
        if (name == "admin")
            BOOST_TEST(address == tokend.unix_address());
        if (name == "secure")
        {
            auto const& certificate = listener.at("certificates").at(0).as_object();
            BOOST_TEST(text(certificate, "file") == file);
            BOOST_TEST(text(certificate, "valid_from") < text(now, "now"));
            BOOST_TEST(text(certificate, "valid_until") > text(now, "now"));
        }
    }
    tokend.served().configure("[tokens]\nlifetime = never\n");
    tokend.ask_as_admin(post("/admin/v1/reload", {}));
    auto const later = check_ok(tokend.ask_as_bearer("GET", status));
    BOOST_TEST(!later.at("configuration").at("last_reload_successful").as_bool());
}

BOOST_AUTO_TEST_CASE(an_operator_of_some_organisations_sees_only_what_concerns_those)
{
    administered_tokend tokend{"operator@ACME"};
    auto const now = check_ok(tokend.ask_as_bearer("GET", status));
    BOOST_TEST(now.at("ready").as_bool());
    BOOST_TEST(serialize(now.at("operator").at("grants")) == R"([{"role":"operator","organisations":["ACME"]}])");
    for (auto const* const member : {"node", "started_at", "tokens", "configuration", "listeners"})
        BOOST_TEST(!now.contains(member), member);
    check_error(tokend.ask_as_bearer("GET", history), 403, "FORBIDDEN");
}

BOOST_AUTO_TEST_CASE(the_history_has_what_the_clients_did)
{
    administered_tokend tokend{"viewer", "[server]\nworkers = 1\n"};
    auto const token = issue_token(tokend.address());
    for (int i = 0; i < 20; ++i)
        BOOST_TEST(is_active(tokend.address(), token));
    ask(tokend.address(), get("/auth/verify", bearer(unknown_token)));
    auto const guess = R"({"username":"mpadministrator","organisation":"ACME","password":"wrong"})";
    for (int i = 0; i < 3; ++i)
        ask(tokend.address(), post(issue_path, guess));  // two of them lock the name out
    boost::json::object got;
    auto const has_all = [&] {
        got = check_ok(tokend.ask_as_bearer("GET", history));
        return sum(got, "refusals") == 1;
    };
    BOOST_TEST(eventually(has_all));
    BOOST_TEST(sum(got, "logins_accepted") == 1);
    BOOST_TEST(sum(got, "logins_rejected") == 2);
    BOOST_TEST(sum(got, "logins_unavailable") == 0);
    BOOST_TEST(sum(got, "validations") == 21);
    BOOST_TEST(got.at("validation_p99_us").as_int64() >= 64);  // one in 16 is timed

    auto const until = text(got, "until");
    auto const size = got.at("validations").as_array().size();
    BOOST_TEST(is_rfc3339(until));
    BOOST_TEST(eventually([&] {
        got = check_ok(tokend.ask_as_bearer("GET", history + "?since=" + until));
        return !got.at("validations").as_array().empty();
    }));
    BOOST_TEST(sum(got, "validations") == 0);
    auto const all = check_ok(tokend.ask_as_bearer("GET", history));
    BOOST_TEST(all.at("refusals").as_array().size() > size);
}

BOOST_AUTO_TEST_CASE(a_query_that_is_wrong_is_refused)
{
    administered_tokend tokend{"viewer"};
    for (auto const* const query : {"?since=yesterday", "?since=0", "?since=2026-11-30T20:30:37"})
        check_error(tokend.ask_as_bearer("GET", history + query), 400, "INVALID_PARAMETER", "since");
    check_error(tokend.ask_as_bearer("GET", history + "?top=1"), 400, "INVALID_PARAMETER", "top");
    check_error(tokend.ask_as_bearer("GET", status + "?top=1"), 400, "INVALID_PARAMETER", "query");
}

BOOST_AUTO_TEST_CASE(a_page_that_watches_fills_no_audit_log_but_its_refusals_are_there)
{
    administered_tokend tokend{"operator@ACME"};
    check_ok(tokend.ask_as_bearer("GET", status));
    check_error(tokend.ask_as_bearer("GET", history), 403, "FORBIDDEN");
    check_error(tokend.ask_as_bearer("GET", status, "", unknown_token), 401, "INVALID_TOKEN");
    auto const records = tokend.served().stop();
    auto const count = [&](std::string_view event, std::string_view code) {
        return std::ranges::count_if(
            records, [&](auto const& r) { return member(r, "event") == event && member(r, "code") == code; });
    };
    BOOST_TEST(count("show_status", "OK") == 0);
    BOOST_TEST(count("show_status", "INVALID_TOKEN") == 1);
    BOOST_TEST(count("show_history", "FORBIDDEN") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
