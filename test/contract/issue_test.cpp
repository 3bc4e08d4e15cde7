// Every way to a token that the contract shows, with the demonstration data.
#include "contract/contract.hpp"
#include "contract/shared_daemon.hpp"

#include <boost/json/object.hpp>
#include <boost/test/unit_test.hpp>

using namespace tokend::test;

namespace {

struct issuing
{
    static daemon_options options() { return {demonstration(), {"--login.failure-time=0ms"}}; }
};

answer issue(std::string_view body, std::string_view target = issue_path)
{
    return ask(served<issuing>::address(), post(target, body));
}

boost::json::object validate(std::string_view token)
{
    return check_ok(ask(served<issuing>::address(), post(validate_path, token_body(token))));
}

std::string login(std::string_view organisation, std::string_view user, std::string_view password,
                  std::string_view unit = {})
{
    std::string body{R"({"username":")"};
    body.append(user).append(R"(","password":")").append(password).append(R"(","organisation":")").append(organisation);
    return body.append(R"(","unit":")").append(unit).append(R"("})");
}

struct known
{
    std::string_view body;
    std::string_view username;
    std::string_view organisation;
    std::string_view unit;
};

known const accepted[] = {
    {R"({"username":"mpadministrator","password":"1234","organisation":"CRMDEMO",)"
     R"("unit":"EE63A82C4FEBE02FF34E90DD1EBA5ABE"})",
     "mpadministrator", "CRMDEMO", first_unit},
    {R"({"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"})", "kiosk-7", "CRMDEMO",
     first_unit},
    {R"({"access_token_identifier":{"identifier":"jsmith","pass_code":"4711"},"organisation":"CRMDEMO"})", "jsmith",
     "CRMDEMO", first_unit},
    {R"({"access_token_identifier":{"authentication_code":"demo-api-key-1"},"organisation":"CRMDEMO"})", "robot",
     "CRMDEMO", first_unit},
    {R"({"username":"mpadministrator","password":"1234","organisation":"CRMDEMO",)"
     R"("unit":"5B0C1D7E2F384A6990ABCDEF12345678"})",
     "mpadministrator", "CRMDEMO", second_unit},
    {R"({"username":"mpadministrator","password":"1234","organisation":"crmDemo"})", "mpadministrator", "CRMDEMO",
     first_unit},
    {R"({"username":"roamer","password":"wander-1","organisation":"CRMDEMO",)"
     R"("unit":"5B0C1D7E2F384A6990ABCDEF12345678"})",
     "roamer", "CRMDEMO", second_unit},
    {R"({"username":"mpadministrator","password":"other-secret","organisation":"ACME"})", "mpadministrator", "ACME",
     first_unit},
    // Absent, null and "" mean the same; unknown members are ignored; names and values may be spelt with escapes.
    {R"({"username":"mpadministrator","password":"1234","organisation":"CRMDEMO","unit":"",)"
     R"("access_token_identifier":null})",
     "mpadministrator", "CRMDEMO", first_unit},
    {R"({"username":null,"password":"","access_token_identifier":{"identifier":null,"pass_code":"",)"
     R"("authentication_code":"99123456"},"organisation":"CRMDEMO"})",
     "kiosk-7", "CRMDEMO", first_unit},
    {R"({"Username":1,"x":[{"y":null}],"username":"mpadministrator","password":"1234","organisation":"CRMDEMO"})",
     "mpadministrator", "CRMDEMO", first_unit},
    {R"( { "\u0075sername" : "mpadministr\u0061tor" , "password":"\u0031234","organisation":"CRMDEMO" } )",
     "mpadministrator", "CRMDEMO", first_unit},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(issue_, *boost::unit_test::fixture<served<issuing>>())

BOOST_AUTO_TEST_CASE(the_answer_is_byte_for_byte_that_of_the_contract)
{
    auto const a = issue(accepted[0].body);
    constexpr std::string_view start = R"({"status":{"code":"OK","message":null,"description":null},"data":{"token":")";
    check_ok(a);
    BOOST_TEST_REQUIRE(a.body.size() == start.size() + 32 + 3);
    BOOST_TEST(a.body.starts_with(start));
    BOOST_TEST(is_token(a.body.substr(start.size(), 32)), a.body);
    BOOST_TEST(a.body.ends_with(R"("}})"));
    BOOST_TEST(a.header("X-Token-Expires-In") == "3600");
    BOOST_TEST(is_accessor(a.header("X-Token-Accessor")), a.header("X-Token-Accessor"));
}

BOOST_AUTO_TEST_CASE(every_kind_of_credentials_gets_a_token_of_its_owner)
{
    for (auto const& k : accepted)
        BOOST_TEST_CONTEXT(k.body)
        {
            auto const a = issue(k.body);
            auto const who = validate(check_ok(a).at("token").as_string());
            BOOST_TEST(who.at("active").as_bool());
            BOOST_TEST(who.at("username").as_string() == k.username);
            BOOST_TEST(who.at("organisation").as_string() == k.organisation);
            BOOST_TEST(who.at("unit").as_string() == k.unit);
            BOOST_TEST(who.at("accessor").as_string() == a.header("X-Token-Accessor"));
        }
}

BOOST_AUTO_TEST_CASE(every_login_makes_a_new_token_and_keeps_the_old)
{
    auto const first = issue_token(served<issuing>::address());
    auto const second = issue_token(served<issuing>::address());
    BOOST_TEST(first != second);
    BOOST_TEST(is_active(served<issuing>::address(), first));
    BOOST_TEST(is_active(served<issuing>::address(), second));
}

BOOST_AUTO_TEST_CASE(a_verbose_answer_tells_the_whole_token)
{
    auto const a = issue(accepted[0].body, "/authentication/token?verbose=1");
    auto const data = check_ok(a);
    BOOST_TEST(is_token(data.at("token").as_string()));
    BOOST_TEST(data.at("expires_in").to_number<int>() == 3600);
    BOOST_TEST(is_rfc3339(data.at("expires_at").as_string()), data.at("expires_at").as_string());
    BOOST_TEST(data.at("accessor").as_string() == a.header("X-Token-Accessor"));
    BOOST_TEST(data.at("organisation").as_string() == "CRMDEMO");
    BOOST_TEST(data.at("unit").as_string() == first_unit);
    BOOST_TEST(data.at("username").as_string() == "mpadministrator");
    BOOST_TEST(data.size() == 7u);
}

BOOST_AUTO_TEST_CASE(a_wrong_secret_an_unknown_name_and_an_account_that_is_closed_look_the_same)
{
    std::string const denied[] = {
        login("CRMDEMO", "mpadministrator", "12345"),
        login("CRMDEMO", "mpadministrator", "1234 "),
        login("CRMDEMO", "mpadministrator", "other-secret"),
        login("CRMDEMO", "MPadministrator", "1234"),
        login("CRMDEMO", " mpadministrator", "1234"),
        login("CRMDEMO", "nobody", "1234"),
        login("CRMDEMO", "leaver", "gone-1"),
        login("CRMDEMO ", "mpadministrator", "1234"),
        login("NOWHERE", "mpadministrator", "1234"),
        login("ACME", "mpadministrator", "1234"),
        R"({"access_token_identifier":{"authentication_code":"99123457"},"organisation":"CRMDEMO"})",
        R"({"access_token_identifier":{"authentication_code":"99123456"},"organisation":"ACME"})",
        R"({"access_token_identifier":{"authentication_code":"jsmith"},"organisation":"CRMDEMO"})",
        R"({"access_token_identifier":{"identifier":"jsmith","pass_code":"4712"},"organisation":"CRMDEMO"})",
        R"({"access_token_identifier":{"identifier":"nobody","pass_code":"4711"},"organisation":"CRMDEMO"})",
        R"({"access_token_identifier":{"identifier":"retired","pass_code":"0000"},"organisation":"CRMDEMO"})",
    };
    for (auto const& body : denied)
        BOOST_TEST_CONTEXT(body) check_error(issue(body), 401, "INVALID_CREDENTIALS");
}

BOOST_AUTO_TEST_CASE(a_unit_must_be_one_of_the_users)
{
    check_error(issue(login("CRMDEMO", "mpadministrator", "1234", "NO-SUCH-UNIT")), 403, "UNIT_NOT_ALLOWED", "unit");
    check_error(issue(login("CRMDEMO", "mpadministrator", "1234", "ee63a82c4febe02ff34e90dd1eba5abe")), 403,
                "UNIT_NOT_ALLOWED", "unit");
    check_error(issue(login("ACME", "mpadministrator", "other-secret", second_unit)), 403, "UNIT_NOT_ALLOWED", "unit");
    check_error(issue(login("CRMDEMO", "roamer", "wander-1")), 403, "NO_DEFAULT_UNIT", "unit");
}

BOOST_AUTO_TEST_CASE(the_legacy_prefix_answers_like_the_native_path)
{
    constexpr std::string_view path = "/crmapi/rest/v2/authentication/token";
    check_ok(issue(accepted[0].body, path));
    check_error(issue(login("CRMDEMO", "nobody", "1234"), path), 401, "INVALID_CREDENTIALS");
    // The clients of this method have never sent a meaningful media type.
    check_ok(ask(served<issuing>::address(), request("POST", path, "Content-Type: text/plain\r\n", accepted[0].body)));
    check_error(issue(accepted[0].body, "/crmapi/rest/v3/authentication/token"), 404, "NOT_FOUND");
    check_error(issue(accepted[0].body, "/crmapi/rest/v2authentication/token"), 404, "NOT_FOUND");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct always_200
{
    static daemon_options options()
    {
        return {demonstration(), {"--login.failure-time=0ms", "--http.legacy-always-200=yes"}};
    }
};

void check_disguised(std::string_view bytes, std::string_view code, std::string_view description,
                     std::string_view header)
{
    auto const a = ask(served<always_200>::address(), bytes);
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.body == error_body(code, message_of(code), description));
    BOOST_TEST((header.empty() || a.count(header) == 1));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(always_200_, *boost::unit_test::fixture<served<always_200>>())

BOOST_AUTO_TEST_CASE(under_the_legacy_prefix_every_envelope_goes_out_with_200_and_its_usual_headers)
{
    constexpr std::string_view path = "/crmapi/rest/v2/authentication/token";
    check_ok(ask(served<always_200>::address(), post(path, accepted[0].body)));
    check_disguised(post(path, login("CRMDEMO", "nobody", "1")), "INVALID_CREDENTIALS", "", "WWW-Authenticate");
    check_disguised(post(path, "{}"), "MISSING_PARAMETER", "organisation", "");
    check_disguised(get(path), "METHOD_NOT_ALLOWED", "", "Allow");
    check_disguised(post("/crmapi/rest/v2/nothing", "{}"), "NOT_FOUND", "", "");
    check_disguised(post("/crmapi/rest/v2/authentication/token/renew", token_body(unknown_token)), "INVALID_TOKEN", "",
                    "WWW-Authenticate");
}

BOOST_AUTO_TEST_CASE(bad_http_and_the_native_paths_keep_their_status)
{
    auto const& address = served<always_200>::address();
    check_error(ask(address, "POST /crmapi/rest/v2/authentication/token HTTP/1.1\r\n\r\n"), 400, "MALFORMED_REQUEST");
    check_error(
        ask(address, "POST /crmapi/rest/v2/authentication/token HTTP/1.1\r\nHost: h\r\nContent-Length: 20000\r\n\r\n"),
        413, "PAYLOAD_TOO_LARGE");
    check_error(ask(address, post(issue_path, "{}")), 400, "MISSING_PARAMETER", "organisation");
    check_error(ask(address, get("/nothing")), 404, "NOT_FOUND");
}

BOOST_AUTO_TEST_SUITE_END()
