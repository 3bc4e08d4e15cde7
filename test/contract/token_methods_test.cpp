// A token's own methods: release, validate, renew, switch_unit, and a token for a web API key.
#include "contract/contract.hpp"
#include "contract/shared_daemon.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <ctime>
#include <string>

using namespace tokend::test;

namespace {

struct token_methods
{
    static daemon_options options() { return {demonstration(), {"--login.failure-time=0ms"}}; }
};

answer call(std::string_view path, std::string_view body, std::string_view headers = {})
{
    return ask(served<token_methods>::address(), post(path, body, headers));
}

std::string issue(std::string_view body = administrator) { return issue_token(served<token_methods>::address(), body); }

bool active(std::string_view token) { return is_active(served<token_methods>::address(), token); }

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

constexpr std::string_view inactive =
    R"({"status":{"code":"OK","message":null,"description":null},"data":{"active":false}})";
constexpr std::string_view nothing = R"({"status":{"code":"OK","message":null,"description":null},"data":{}})";

std::time_t unix_now() { return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()); }

std::time_t unix_time(std::string const& rfc3339)
{
    std::tm t{};
    ::strptime(rfc3339.c_str(), "%Y-%m-%dT%H:%M:%SZ", &t);
    return ::timegm(&t);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_methods_, *boost::unit_test::fixture<served<token_methods>>())

BOOST_AUTO_TEST_CASE(validate_tells_whose_token_it_is)
{
    auto const issued = call(issue_path, administrator);
    auto const before = unix_now();
    auto const data = check_ok(call(validate_path, token_body(check_ok(issued).at("token").as_string())));
    auto const after = unix_now();
    std::string names;
    for (auto const& member : data)
        names.append(member.key()).append(" ");
    BOOST_TEST(names == "active username organisation unit accessor issued_at expires_at expires_in groups ");
    BOOST_TEST(data.at("active").as_bool());
    BOOST_TEST(data.at("username").as_string() == "mpadministrator");
    BOOST_TEST(data.at("organisation").as_string() == "CRMDEMO");
    BOOST_TEST(data.at("unit").as_string() == first_unit);
    BOOST_TEST(data.at("accessor").as_string() == issued.header("X-Token-Accessor"));
    BOOST_TEST(is_rfc3339(data.at("issued_at").as_string()), data.at("issued_at").as_string());
    BOOST_TEST(is_rfc3339(data.at("expires_at").as_string()), data.at("expires_at").as_string());
    auto const expires_at = unix_time(data.at("expires_at").as_string().c_str());
    BOOST_TEST(expires_at - unix_time(data.at("issued_at").as_string().c_str()) == 3600);
    BOOST_TEST(data.at("expires_in").to_number<int>() <= expires_at - before);
    BOOST_TEST(data.at("expires_in").to_number<int>() >= expires_at - after);
    BOOST_TEST(boost::json::serialize(data.at("groups")) == R"(["admins"])");
}

BOOST_AUTO_TEST_CASE(a_token_is_taken_in_either_case_from_the_body_or_the_header_or_both)
{
    auto const token = issue();
    BOOST_TEST(check_ok(call(validate_path, token_body(lower(token)))).at("active").as_bool());
    BOOST_TEST(check_ok(call(validate_path, "{}", bearer(token))).at("active").as_bool());
    BOOST_TEST(check_ok(call(validate_path, "", bearer(token))).at("active").as_bool());
    BOOST_TEST(check_ok(call(validate_path, token_body(token), bearer(lower(token)))).at("active").as_bool());
    BOOST_TEST(check_ok(call(validate_path, R"({"token":null})", bearer(token))).at("active").as_bool());
    BOOST_TEST(check_ok(call(validate_path, token_body(token, R"("touch":false)"))).at("active").as_bool());
    BOOST_TEST(check_ok(call(validate_path, token_body(token, R"("touch":true)"))).at("active").as_bool());
}

BOOST_AUTO_TEST_CASE(whatever_is_no_live_token_is_inactive)
{
    auto const token = issue();
    std::string const dead[] = {
        std::string{unknown_token}, "x",       token + "0", token.substr(1), " " + token, token.substr(0, 31) + "G",
        std::string(400, 'A'),      "\\u0000", "00\\n00"};
    for (auto const& t : dead)
        BOOST_TEST_CONTEXT(t) BOOST_TEST(call(validate_path, token_body(t)).body == inactive);
    BOOST_TEST(active(token));
}

BOOST_AUTO_TEST_CASE(release_ends_a_token_and_says_the_same_for_an_unknown_one)
{
    auto const token = issue();
    BOOST_TEST(call(release_path, token_body(token)).body == nothing);
    BOOST_TEST(call(validate_path, token_body(token)).body == inactive);
    BOOST_TEST(call(release_path, token_body(token)).body == nothing);
    BOOST_TEST(call(release_path, token_body(unknown_token)).body == nothing);
    BOOST_TEST(call(release_path, token_body("x")).body == nothing);
    auto const other = issue();
    BOOST_TEST(call(release_path, "", bearer(other)).body == nothing);
    BOOST_TEST(!active(other));
}

BOOST_AUTO_TEST_CASE(renew_gives_a_sliding_token_its_lifetime_again)
{
    auto const token = issue(acme_administrator);
    auto const a = call(renew_path, token_body(lower(token)));
    auto const data = check_ok(a);
    BOOST_TEST(data.at("token").as_string() == token);
    BOOST_TEST(data.at("expires_in").to_number<int>() == 3600);
    BOOST_TEST(data.size() == 2u);
    BOOST_TEST(active(token));
    check_ok(call(renew_path, "", bearer(token)));
}

BOOST_AUTO_TEST_CASE(a_fixed_token_is_not_renewed)
{
    auto const token = issue();
    check_error(call(renew_path, token_body(token)), 403, "NOT_RENEWABLE");
    BOOST_TEST(active(token));
}

BOOST_AUTO_TEST_CASE(switch_unit_puts_a_new_token_in_the_place_of_the_old)
{
    auto const old = issue();
    auto const before = check_ok(call(validate_path, token_body(old)));
    auto const a = call(switch_path, token_body(old, R"("unit":")" + std::string{second_unit} + R"(")"));
    auto const data = check_ok(a);
    std::string const token{data.at("token").as_string()};
    BOOST_TEST(data.size() == 1u);
    BOOST_TEST(is_token(token), token);
    BOOST_TEST(token != old);
    BOOST_TEST(!active(old));
    auto const after = check_ok(call(validate_path, token_body(token)));
    BOOST_TEST(after.at("unit").as_string() == second_unit);
    BOOST_TEST(after.at("username").as_string() == "mpadministrator");
    BOOST_TEST(after.at("expires_at").as_string() == before.at("expires_at").as_string());
    BOOST_TEST(after.at("accessor").as_string() != before.at("accessor").as_string());
}

BOOST_AUTO_TEST_CASE(switch_unit_to_a_unit_of_somebody_else_keeps_the_token)
{
    auto const token = issue();
    for (auto const unit : {"NO-SUCH-UNIT", "ee63a82c4febe02ff34e90dd1eba5abe"})
        check_error(call(switch_path, token_body(token, R"("unit":")" + std::string{unit} + R"(")")), 403,
                    "UNIT_NOT_ALLOWED", "unit");
    BOOST_TEST(active(token));
}

BOOST_AUTO_TEST_CASE(where_a_live_token_is_needed_any_other_is_refused_alike)
{
    auto const released = issue();
    call(release_path, token_body(released));
    for (auto const& token : {released, std::string{unknown_token}, std::string{"x"}, std::string{"\\u0000"}})
        BOOST_TEST_CONTEXT(token)
        {
            check_error(call(renew_path, token_body(token)), 401, "INVALID_TOKEN");
            check_error(call(switch_path, token_body(token, R"("unit":"U")")), 401, "INVALID_TOKEN");
        }
    check_error(call(renew_path, "", bearer("not-a-token")), 401, "INVALID_TOKEN");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

std::string basic(std::string_view base64) { return "Authorization: Basic " + std::string{base64} + "\r\n"; }

constexpr std::string_view key_alone = "ZGVtby1hcGkta2V5LTE6";              // demo-api-key-1:
constexpr std::string_view key_with_password = "ZGVtby1hcGkta2V5LTE6eA==";  // demo-api-key-1:x
constexpr std::string_view no_colon = "ZGVtby1hcGkta2V5LTE=";               // demo-api-key-1
constexpr std::string_view unknown_key = "ZGVtby1hcGkta2V5LTI6";            // demo-api-key-2:
constexpr std::string_view code_of_a_person = "OTkxMjM0NTY6";               // 99123456:

}  // namespace

BOOST_AUTO_TEST_SUITE(web_api_key_, *boost::unit_test::fixture<served<token_methods>>())

BOOST_AUTO_TEST_CASE(a_key_gets_a_token_of_its_owner)
{
    for (auto const body : {"", "{}", R"({"organisation":"CRMDEMO"})", R"({"organisation":"crmdemo","unit":""})",
                            R"({"unit":"EE63A82C4FEBE02FF34E90DD1EBA5ABE"})"})
        BOOST_TEST_CONTEXT(body)
        {
            auto const data = check_ok(call(api_key_path, body, basic(key_alone)));
            BOOST_TEST(data.size() == 1u);
            auto const who = check_ok(call(validate_path, token_body(data.at("token").as_string())));
            BOOST_TEST(who.at("username").as_string() == "robot");
            BOOST_TEST(who.at("organisation").as_string() == "CRMDEMO");
            BOOST_TEST(who.at("unit").as_string() == first_unit);
        }
}

BOOST_AUTO_TEST_CASE(whatever_is_no_key_is_refused_with_a_basic_challenge)
{
    std::string const headers[] = {
        "",        basic(key_with_password), basic(unknown_key),   basic(code_of_a_person), basic("!"),
        basic(""), basic(no_colon),          bearer(unknown_token)};
    for (auto const& h : headers)
        BOOST_TEST_CONTEXT(h)
        {
            auto const a = call(api_key_path, "{}", h);
            check_error(a, 401, "INVALID_CREDENTIALS");
            BOOST_TEST(a.header("WWW-Authenticate") == R"(Basic realm="tokend")");
        }
    check_error(call(api_key_path, R"({"organisation":"ACME"})", basic(key_alone)), 401, "INVALID_CREDENTIALS");
    check_error(call(api_key_path, R"({"organisation":"NOWHERE"})", basic(key_alone)), 401, "INVALID_CREDENTIALS");
}

BOOST_AUTO_TEST_CASE(a_key_has_units_of_its_own)
{
    check_error(call(api_key_path, R"({"unit":"5B0C1D7E2F384A6990ABCDEF12345678"})", basic(key_alone)), 403,
                "UNIT_NOT_ALLOWED", "unit");
}

BOOST_AUTO_TEST_SUITE_END()
