// What a login would do, explained to an operator, with the demonstration's users.
#include "admin/administered_tokend.hpp"
#include "admin/explained.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace tokend::test;

namespace {

std::string const administrator_asked = R"({"organisation":"acme","username":"mpadministrator")";

}  // namespace

BOOST_AUTO_TEST_SUITE(explain_)

BOOST_AUTO_TEST_CASE(a_login_that_succeeds_is_explained_and_makes_no_token)
{
    administered_tokend tokend;
    auto const data = explain(tokend.unix_address(), administrator_asked + R"(,"password":"other-secret"})");
    BOOST_TEST(is_accepted(data));
    BOOST_TEST(text(data, "code") == "OK");
    BOOST_TEST(data.at("secret_checked").as_bool());
    auto const& user = data.at("user").as_object();
    BOOST_TEST(text(user, "username") == "mpadministrator");
    BOOST_TEST(!text(user, "unit").empty());
    BOOST_TEST(text(step(data, "organisation"), "says").starts_with("ACME, whose backends are "));
    BOOST_TEST(step(data, "lock-out").at("passed").as_bool());
    auto const asked = step(data, text(user, "backend"));
    BOOST_TEST(text(asked, "verdict") == "accepted");
    BOOST_TEST(asked.at("us").as_int64() > 0);
    BOOST_TEST(did(data, text(user, "backend"), ": the record"));
    BOOST_TEST(boost::json::serialize(data).find("other-secret") == std::string::npos);
    auto const sessions = check_ok(tokend.ask_as_admin(get("/admin/v1/sessions")));
    BOOST_TEST(sessions.at("sessions").as_array().empty());
    auto const recorded = tokend.served().await("explain_login", 1);
    BOOST_TEST(member(recorded[0], "organisation") == "acme");
    BOOST_TEST(member(recorded[0], "user") == "mpadministrator");
    BOOST_TEST(member(recorded[0], "operator").starts_with("uid "));
}

BOOST_AUTO_TEST_CASE(without_a_password_all_but_the_password_is_checked)
{
    administered_tokend tokend;
    auto const data = explain(tokend.unix_address(), administrator_asked + '}');
    BOOST_TEST(is_accepted(data));
    BOOST_TEST(!data.at("secret_checked").as_bool());
    auto const machine = [&](std::string const& identifier) {
        return explain(tokend.unix_address(), R"({"organisation":"CRMDEMO","access_token_identifier":{"identifier":")" +
                                                  identifier + R"("}})");
    };
    BOOST_TEST(is_accepted(machine("jsmith")));
    BOOST_TEST(!is_accepted(machine("nobody")));
    BOOST_TEST(why(machine("nobody")).find("no access token") != std::string::npos, why(machine("nobody")));
}

BOOST_AUTO_TEST_CASE(each_reason_to_refuse_is_named)
{
    administered_tokend tokend;
    auto const asked = [&](std::string const& body) { return explain(tokend.unix_address(), body); };
    auto const refused = [&](std::string const& body, std::string_view code, std::string_view reason) {
        auto const data = asked(body);
        BOOST_TEST(!is_accepted(data));
        BOOST_TEST(text(data, "code") == code);
        BOOST_TEST(why(data).find(reason) != std::string::npos, why(data));
    };
    refused(R"({"organisation":"NOWHERE","username":"u"})", "INVALID_CREDENTIALS", "unknown organisation");
    refused(R"({"organisation":"ACME","username":"nobody"})", "INVALID_CREDENTIALS", "no such user");
    refused(administrator_asked + R"(,"password":"wrong"})", "INVALID_CREDENTIALS", "wrong");
    refused(administrator_asked + R"(,"unit":"mars"})", "UNIT_NOT_ALLOWED", "not one of the user's units");
    auto const unit = step(asked(administrator_asked + R"(,"unit":"mars"})"), "unit");
    BOOST_TEST(!unit.at("passed").as_bool());
    BOOST_TEST(text(unit, "says").find("the units of the user: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_lock_out_is_named_and_the_backends_are_asked_all_the_same)
{
    administered_tokend tokend;
    for (auto const* const guess : {"1", "2"})
        ask(tokend.address(), post(issue_path, administrator_asked + R"(,"password":")" + guess + R"("})"));
    auto const body = administrator_asked + R"(,"password":"other-secret","client_address":)";
    auto const here = explain(tokend.unix_address(), body + R"("127.0.0.1"})");
    BOOST_TEST(text(here, "code") == "TOO_MANY_ATTEMPTS");
    BOOST_TEST(!step(here, "lock-out").at("passed").as_bool());
    BOOST_TEST(text(step(here, "lock-out"), "says").starts_with("locked out for clients of 127.0.0.1/32 for "));
    BOOST_TEST(!here.at("user").is_null());
    BOOST_TEST(is_accepted(explain(tokend.unix_address(), body + R"("192.0.2.1"})")));
    for (int i = 0; i < 20; ++i)
        explain(tokend.unix_address(), administrator_asked + R"(,"password":"wrong","client_address":"192.0.2.1"})");
    BOOST_TEST(is_accepted(explain(tokend.unix_address(), body + R"("192.0.2.1"})")));
}

BOOST_AUTO_TEST_CASE(an_operator_explains_the_logins_of_their_organisations_alone)
{
    administered_tokend tokend{"operator@CRMDEMO"};
    auto const body = administrator_asked + '}';
    check_error(tokend.ask_as_bearer("POST", explain_path, body), 403, "FORBIDDEN");
    check_error(tokend.ask_as_bearer("POST", explain_path, R"({"organisation":"NOWHERE","username":"u"})"), 403,
                "FORBIDDEN");
    auto const own = R"({"organisation":"CRMDEMO","username":"u"})";
    check_ok(tokend.ask_as_bearer("POST", explain_path, own));
    tokend.grant("viewer");
    check_error(tokend.ask_as_bearer("POST", explain_path, own), 403, "FORBIDDEN");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_question_is_named)
{
    administered_tokend const tokend;
    auto const refused = [&](std::string const& body, std::string const& code, std::string const& member) {
        check_error(ask(tokend.unix_address(), post(explain_path, body)), 400, code, member);
    };
    refused(R"({"username":"u"})", "MISSING_PARAMETER", "organisation");
    refused(R"({"organisation":"ACME"})", "MISSING_PARAMETER", "username");
    refused(R"({"organisation":"ACME","username":"u","client_address":"here"})", "INVALID_PARAMETER", "client_address");
    refused(R"({"organisation":"ACME","username":"u","pasword":"p"})", "INVALID_PARAMETER", "pasword");
    refused(R"({"organisation":"ACME","access_token_identifier":{}})", "MISSING_PARAMETER",
            "access_token_identifier.authentication_code");
}

BOOST_AUTO_TEST_SUITE_END()
