// What the application behind a proxy sees of a request: what tokend says, and nothing that a client could make up.
#include "contract/contract.hpp"
#include "recipes/protected_application.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cctype>

namespace tokend::test {
namespace {

constexpr std::string_view made_up = "made-up";

// The name as programs see it that make variables of headers: X_Auth.User and x-auth-user are HTTP_X_AUTH_USER.
std::string as_variable(boost::beast::string_view name)
{
    std::string variable{name.data(), name.size()};
    for (auto& c : variable)
        c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? static_cast<char>(std::toupper(c)) : '_';
    return variable;
}

// Checks that nothing made up has arrived, that tokend's headers are there once, and no others.
void check_headers_of(received_request const& received, std::string_view user, std::string_view groups)
{
    for (auto const& field : received)
    {
        BOOST_TEST(field.value().find(made_up) == field.value().npos, field.name_string() << ": " << field.value());
        if (as_variable(field.name_string()).starts_with("X_AUTH"))
            BOOST_TEST(field.name_string().find('_') == field.name_string().npos, field.name_string());
    }
    for (auto const* const name : {"X-Auth-User", "X-Auth-Organisation", "X-Auth-Unit", "X-Auth-Groups"})
        BOOST_TEST(received.count(name) <= 1U, name);
    BOOST_TEST(received["X-Auth-User"] == user);
    BOOST_TEST(received["X-Auth-Organisation"] == "CRMDEMO");
    BOOST_TEST(received["X-Auth-Unit"] == first_unit);
    BOOST_TEST(received["X-Auth-Groups"] == groups);
}

std::string claims(std::string_view prefix, std::string_view separator)
{
    std::string lines;
    for (std::string_view name : {"User", "Organisation", "Unit", "Groups", "Accessor", "Expires?In"})
    {
        lines.append(prefix);
        for (char const c : name)
            c == '?' ? lines.append(separator) : lines.append(1, c);
        lines.append(": ").append(made_up).append("\r\n");
    }
    return lines;
}

bool holds(received_request const& received, std::string_view text)
{
    return std::any_of(received.begin(), received.end(),
                       [&](auto const& field) { return field.value().find(text) != field.value().npos; });
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(headers_, protected_application)

BOOST_AUTO_TEST_CASE(headers_that_a_client_makes_up_do_not_arrive)
{
    auto const admin = bearer(token_of_admin());
    auto const other = bearer(token_of_other());  // tokend's X-Auth-Groups is empty
    for (auto const& lines : {claims("X-Auth-", "-"), claims("x-auth-", "-"), claims("X-AUTH-", "-")})
    {
        check_headers_of(check_allowed(get("/", lines + admin)), "mpadministrator", "admins");
        check_headers_of(check_allowed(get("/", other + lines + lines)), "roamer", "");
        check_headers_of(check_allowed(get("/admin", admin + lines)), "mpadministrator", "admins");
        check_refused(get("/", lines), 401);
    }
}

BOOST_AUTO_TEST_CASE(headers_with_underscores_do_not_arrive)
{
    auto const token = bearer(token_of_other());
    for (auto const& lines : {claims("X_Auth_", "_"), claims("X-Auth_", "_"), claims("X_Auth-", "-"),
                              claims("x_auth_", "_"), claims("X-Auth-", "_")})
        check_headers_of(check_allowed(get("/", token + lines)), "roamer", "");
}

// Proxies remove the headers that Connection names, whoever has set them.
BOOST_AUTO_TEST_CASE(a_client_cannot_have_the_headers_of_tokend_removed)
{
    auto const token = bearer(token_of_admin());
    check_headers_of(check_allowed(get("/", token + "Connection: close, X-Auth-User, x-auth-groups, X-Auth-Unit\r\n")),
                     "mpadministrator", "admins");
    check_headers_of(check_allowed(get("/", token + "Connection: X-Auth-User\r\nConnection: X-Auth-Unit\r\n")),
                     "mpadministrator", "admins");
}

BOOST_AUTO_TEST_CASE(the_application_is_told_the_address_of_the_client_and_not_what_the_client_claims)
{
    auto const received = check_allowed(get("/", bearer(token_of_admin()) + "X-Forwarded-For: 203.0.113.66\r\n"));
    BOOST_TEST(received["X-Forwarded-For"] == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(the_application_does_not_see_the_token)
{
    auto const token = token_of_admin();
    std::string lower = token;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return static_cast<char>(std::tolower(c)); });
    std::string const cookie = "tokend=" + token;
    for (auto const& lines :
         {bearer(token), bearer(lower), "X-Auth-Token: " + token + "\r\n",
          bearer(token) + "X-Auth-Token: " + token + "\r\n", "Cookie: " + cookie + "\r\n",
          "Cookie: " + cookie + "; b=2\r\n", "Cookie: a=1; " + cookie + "\r\n", "Cookie: a=1;" + cookie + ";b=2\r\n",
          bearer(token) + "Cookie: a=1; " + cookie + "; b=2\r\n", "Cookie: " + cookie + "; " + cookie + "\r\n",
          "Cookie: a=1; " + cookie + "; b=2; " + cookie + "\r\n",
          bearer(token) + "Cookie: a=1\r\nCookie: " + cookie + "\r\nCookie: b=2\r\n"})
    {
        auto const received = check_allowed(get("/", lines));
        BOOST_TEST(!holds(received, token), lines);
        BOOST_TEST(!holds(received, lower), lines);
        BOOST_TEST(received.count("Authorization") == 0U);
        BOOST_TEST(received.count("X-Auth-Token") == 0U);
    }
}

BOOST_AUTO_TEST_CASE(the_other_cookies_arrive)
{
    auto const token = token_of_admin();
    auto const cookies = [&](std::string const& sent) {
        auto const received = check_allowed(get("/", bearer(token) + "Cookie: " + sent + "\r\n"));
        return std::string{received["Cookie"]};
    };
    BOOST_TEST(cookies("a=1; b=2") == "a=1; b=2");
    BOOST_TEST(cookies("tokend=" + token + "; b=2") == "b=2");
    BOOST_TEST(cookies("a=1; tokend=" + token) == "a=1");
    BOOST_TEST(cookies("a=1; tokend=" + token + "; b=2") == "a=1; b=2");
    BOOST_TEST(cookies("mytokend=1; tokend2=2") == "mytokend=1; tokend2=2");
}

BOOST_AUTO_TEST_CASE(somebody_with_very_many_groups_gets_in)
{
    auto const token = token_of(R"({"username":"collector","password":"other-secret","organisation":"ACME"})");
    auto const received = check_allowed(get("/admin", bearer(token)));
    std::string const groups{received["X-Auth-Groups"]};
    BOOST_TEST(groups.size() > 7'000U);
    BOOST_TEST(groups.ends_with(",admins"));
}

// Whether a proxy takes so many headers is its own choice; it is not a fault, and nobody gets in by it.
BOOST_AUTO_TEST_CASE(twenty_kilobytes_of_headers_are_taken_or_refused_in_order)
{
    auto const token = bearer(token_of_admin());
    auto const nobody = bearer(unknown_token);
    std::string many;
    for (int i = 0; i < 20; ++i)
        many += "X-Part-" + std::to_string(i) + ": " + std::string(1'000, 'x') + "\r\n";
    std::string few;
    for (int i = 0; i < 3; ++i)
        few += "X-Part-" + std::to_string(i) + ": " + std::string(6'600, 'x') + "\r\n";
    std::string numerous;
    for (int i = 0; i < 95; ++i)
        numerous += "X-Part-" + std::to_string(i) + ": x\r\n";
    auto const one = "X-Part: " + std::string(20'000, 'x') + "\r\n";
    auto const cookie = "Cookie: a=" + std::string(20'000, 'x') + "\r\n";
    auto const cookies = "Cookie: a=" + std::string(7'000, 'x') + "\r\nCookie: b=" + std::string(7'000, 'x') +
                         "\r\nCookie: c=" + std::string(7'000, 'x') + "\r\n";
    auto const credentials = "X-Auth-Token: " + std::string(7'000, 'x') + "\r\n" + cookies;
    // Little room is left for the answer of tokend.
    auto const groups = bearer(token_of(R"({"username":"collector","password":"other-secret","organisation":"ACME"})"));
    auto const crowded = get("/", groups + many + few + "X-Part-3: " + std::string(6'600, 'x') + "\r\n").result_int();
    BOOST_TEST((crowded == 200 || (crowded >= 400 && crowded < 500)), "status " << crowded);
    app().take_received();
    for (auto const& lines : {many, few, numerous, one, cookie, cookies, credentials})
    {
        BOOST_TEST_CONTEXT("header " << lines.substr(0, 20))
        {
            auto const taken = get("/", token + lines).result_int();
            BOOST_TEST_MESSAGE("status " << taken);
            BOOST_TEST((taken == 200 || (taken >= 400 && taken < 500)), "status " << taken << proxy_log());
            BOOST_TEST(app().take_received().size() == (taken == 200 ? 1U : 0U));
            auto const refused = get("/", nobody + lines).result_int();
            BOOST_TEST((refused >= 400 && refused < 500), "status " << refused);
            check_untouched();
        }
    }
}

// tokend would refuse them, but it does not read them.
BOOST_AUTO_TEST_CASE(headers_that_only_the_application_reads_may_be_many)
{
    std::string lines;
    for (int i = 0; i < 20; ++i)
        lines += "X-Part-" + std::to_string(i) + ": " + std::string(1'000, 'x') + "\r\n";
    auto const response = get("/", bearer(token_of_admin()) + lines);
    if (proxy_of_run() == proxy_kind::caddy)  // its forward_auth sends all of them
        return check_refused(response, 431);
    BOOST_TEST(check_allowed(response)["X-Part-19"].size() == 1'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test
