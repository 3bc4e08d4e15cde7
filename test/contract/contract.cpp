#include "contract/contract.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <regex>
#include <stdexcept>

namespace tokend::test {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 25> messages{{
    {"MALFORMED_REQUEST", "The request could not be read."},
    {"REQUEST_TIMEOUT", "The request could not be read."},
    {"PAYLOAD_TOO_LARGE", "The request could not be read."},
    {"HEADERS_TOO_LARGE", "The request could not be read."},
    {"NOT_FOUND", "No such method."},
    {"METHOD_NOT_ALLOWED", "This method does not accept that HTTP verb."},
    {"RATE_LIMITED", "Too many requests."},
    {"OVERLOADED", "The server is busy."},
    {"UNSUPPORTED_MEDIA_TYPE", "Send application/json."},
    {"INVALID_PARAMETER", "A parameter has a wrong type or length."},
    {"CONFLICTING_CREDENTIALS", "Give one kind of credentials only."},
    {"MISSING_PARAMETER", "A mandatory parameter is missing."},
    {"ADDRESS_NOT_ALLOWED", "Access from this address is not allowed."},
    {"TOO_MANY_ATTEMPTS", "Too many failed attempts. Try later."},
    {"BACKEND_UNAVAILABLE", "The credentials cannot be checked now."},
    {"INVALID_CREDENTIALS", "The credentials are not valid."},
    {"INVALID_TOKEN", "The token is not valid."},
    {"FORBIDDEN", "This operator may not do that."},
    {"UNIT_NOT_ALLOWED", "This unit cannot be used."},
    {"NO_DEFAULT_UNIT", "Name a unit."},
    {"NOT_RENEWABLE", "This token cannot be renewed."},
    {"SESSION_LIMIT", "Too many active tokens."},
    {"STORE_UNAVAILABLE", "The token cannot be checked now."},
    {"TOKEN_STORE_FULL", "No more tokens can be issued now."},
    {"INTERNAL_ERROR", "Internal error."},
}};

bool matches(std::string_view text, char const* pattern)
{
    return std::regex_match(text.begin(), text.end(), std::regex{pattern});
}

void check_once(answer const& a, std::string_view name, std::string_view value)
{
    BOOST_TEST_CONTEXT("header " << name)
    {
        BOOST_TEST(a.count(name) == 1u);
        BOOST_TEST(a.header(name) == value);
    }
}

// RFC 9110 section 5.6.7
bool is_http_date(std::string_view text)
{
    return matches(text, "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} "
                         "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT");
}

void check_challenge(answer const& a, std::string_view code)
{
    auto const challenge = a.header("WWW-Authenticate");
    BOOST_TEST(a.count("WWW-Authenticate") == 1u);
    if (code == "INVALID_TOKEN")
        BOOST_TEST(challenge == R"(Bearer realm="tokend", error="invalid_token")");
    else
        BOOST_TEST((challenge == R"(Bearer realm="tokend")" || challenge == R"(Basic realm="tokend")"), challenge);
}

}  // namespace

std::string request(std::string_view verb, std::string_view target, std::string_view headers, std::string_view body)
{
    std::string text;
    text.append(verb).append(" ").append(target).append(" HTTP/1.1\r\nHost: tokend\r\n").append(headers);
    if (!body.empty())
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return text.append("\r\n").append(body);
}

std::string get(std::string_view target, std::string_view headers) { return request("GET", target, headers); }

std::string post(std::string_view target, std::string_view body, std::string_view headers)
{
    return request("POST", target, "Content-Type: application/json\r\n" + std::string{headers}, body);
}

std::string bearer(std::string_view token) { return "Authorization: Bearer " + std::string{token} + "\r\n"; }

std::string token_body(std::string_view token, std::string_view more_members)
{
    std::string body{R"({"token":")"};
    body.append(token).append(R"(")");
    if (!more_members.empty())
        body.append(",").append(more_members);
    return body.append("}");
}

std::string error_body(std::string_view code, std::string_view message, std::string_view description)
{
    std::string body{R"({"status":{"code":")"};
    body.append(code).append(R"(","message":")").append(message).append(R"(","description":)");
    if (description.empty())
        body.append("null");
    else
        body.append(R"(")").append(description).append(R"(")");
    return body.append(R"(},"data":{}})");
}

std::string_view message_of(std::string_view code)
{
    auto const found = std::find_if(messages.begin(), messages.end(), [&](auto const& m) { return m.first == code; });
    if (found == messages.end())
        throw std::invalid_argument{"no such code: " + std::string{code}};
    return found->second;
}

void check_headers(answer const& a)
{
    check_once(a, "Cache-Control", "no-store");
    check_once(a, "X-Content-Type-Options", "nosniff");
    BOOST_TEST(a.count("Date") == 1u);
    BOOST_TEST(is_http_date(a.header("Date")), a.header("Date"));
    BOOST_TEST(a.count("X-Request-Id") == 1u);
    BOOST_TEST(matches(a.header("X-Request-Id"), "[A-Za-z0-9._-]{1,64}"), a.header("X-Request-Id"));
    BOOST_TEST(a.count("Server") == 0u);
    BOOST_TEST(a.count("X-Powered-By") == 0u);
    if (!a.body.empty())
        check_once(a, "Content-Type", "application/json");
    BOOST_TEST(a.count("WWW-Authenticate") == (a.status == 401 ? 1u : 0u));
    BOOST_TEST(a.count("Allow") == (a.status == 405 ? 1u : 0u));
    BOOST_TEST(a.count("Retry-After") == (a.status == 429 || a.status == 503 ? 1u : 0u));
}

void check_error(answer const& a, int status, std::string_view code, std::string_view description)
{
    BOOST_TEST(a.status == status);
    BOOST_TEST(a.body == error_body(code, message_of(code), description));
    check_headers(a);
    if (status == 401)
        check_challenge(a, code);
    if (status == 503)
        BOOST_TEST(matches(a.header("Retry-After"), "[0-9]{1,6}"), a.header("Retry-After"));
}

void check_bad_body(answer const& a)
{
    BOOST_TEST(a.status == 400);
    BOOST_TEST(a.body == error_body("MALFORMED_REQUEST", "The body is not a valid JSON object."));
    check_headers(a);
}

boost::json::object check_ok(answer const& a)
{
    constexpr std::string_view start = R"({"status":{"code":"OK","message":null,"description":null},"data":{)";
    BOOST_TEST(a.status == 200);
    check_headers(a);
    BOOST_TEST_REQUIRE(a.body.starts_with(start), a.body);
    return boost::json::parse(a.body).at("data").as_object();
}

bool is_token(std::string_view text) { return matches(text, "[0-9A-F]{32}"); }

bool is_accessor(std::string_view text) { return matches(text, "[A-Za-z0-9_-]{22}"); }

bool is_rfc3339(std::string_view text)
{
    return matches(text, "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z");
}

std::string issue_token(std::string const& address, std::string_view body)
{
    auto const data = check_ok(ask(address, post(issue_path, body)));
    return std::string{data.at("token").as_string()};
}

bool is_active(std::string const& address, std::string_view token)
{
    return check_ok(ask(address, post(validate_path, token_body(token)))).at("active").as_bool();
}

}  // namespace tokend::test
