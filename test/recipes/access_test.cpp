// Who gets to the application behind a proxy, and who does not.
#include "contract/contract.hpp"
#include "recipes/protected_application.hpp"

#include <boost/test/unit_test.hpp>

namespace tokend::test {

BOOST_FIXTURE_TEST_SUITE(access_, protected_application)

BOOST_AUTO_TEST_CASE(a_bearer_gets_in_and_the_application_knows_who_it_is)
{
    auto const received = check_allowed(get("/page?x=1", bearer(token_of_admin())));
    BOOST_TEST(received.target() == "/page?x=1");
    BOOST_TEST(received["X-Auth-User"] == "mpadministrator");
    BOOST_TEST(received["X-Auth-Organisation"] == "CRMDEMO");
    BOOST_TEST(received["X-Auth-Unit"] == first_unit);
    BOOST_TEST(received["X-Auth-Groups"] == "admins");
}

BOOST_AUTO_TEST_CASE(the_header_x_auth_token_gets_in)
{
    auto const received = check_allowed(get("/", "X-Auth-Token: " + token_of_admin() + "\r\n"));
    BOOST_TEST(received["X-Auth-User"] == "mpadministrator");
}

BOOST_AUTO_TEST_CASE(a_cookie_gets_in)
{
    auto const received = check_allowed(get("/", "Cookie: a=1; tokend=" + token_of_admin() + "; b=2\r\n"));
    BOOST_TEST(received["X-Auth-User"] == "mpadministrator");
    check_refused(get("/", "Cookie: a=1; other=" + token_of_admin() + "\r\n"), 401);
}

BOOST_AUTO_TEST_CASE(who_has_no_token_is_asked_for_one)
{
    auto const response = get("/");
    check_refused(response, 401);
    BOOST_TEST(response["WWW-Authenticate"] == R"(Bearer realm="tokend")");
}

BOOST_AUTO_TEST_CASE(a_wrong_token_is_refused)
{
    for (auto const& token : {std::string{unknown_token}, std::string{"nonsense"}})
    {
        auto const response = get("/", bearer(token));
        check_refused(response, 401);
        BOOST_TEST(response["WWW-Authenticate"] == R"(Bearer realm="tokend", error="invalid_token")");
    }
    check_refused(get("/", "Cookie: tokend=" + std::string{unknown_token} + "\r\n"), 401);
    check_refused(ask("POST", "/", bearer(unknown_token), std::string(300'000, 'x')), 401);
}

BOOST_AUTO_TEST_CASE(a_released_token_is_refused)
{
    auto const token = token_of_admin();
    check_allowed(get("/", bearer(token)));
    check_ok(test::ask(tokend().address(), post(release_path, token_body(token))));
    check_refused(get("/", bearer(token)), 401);
}

BOOST_AUTO_TEST_CASE(a_path_for_a_group_is_for_its_members_alone)
{
    auto const received = check_allowed(get("/admin/users", bearer(token_of_admin())));
    BOOST_TEST(received["X-Auth-User"] == "mpadministrator");
    BOOST_TEST(received["X-Auth-Groups"] == "admins");
    auto const other = token_of_other();
    check_allowed(get("/users", bearer(other)));
    check_refused(get("/admin/users", bearer(other)), 403);
    check_refused(get("/admin/users", bearer(unknown_token)), 401);
    check_refused(get("/admin/users"), 401);
}

BOOST_AUTO_TEST_CASE(no_other_spelling_gets_past_the_group)
{
    auto const other = token_of_other();
    for (auto const* const path :
         {"/admin", "/admin?x", "/%61dmin/users", "//admin/users", "/x/../admin/users", "/x/%2e%2e/admin/users",
          "/./admin/users", "/%2Fadmin", "/authentication/../admin", "/authentication/%2e%2e/admin",
          "http://www.example.com/admin/users", "/x//../admin/users"})
    {
        BOOST_TEST_CONTEXT("path " << path)
        {
            auto const response = get(path, bearer(other));
            BOOST_TEST(response.result_int() >= 300U);
            BOOST_TEST(response.result_int() < 500U);
            check_untouched();
        }
    }
}

BOOST_AUTO_TEST_CASE(the_own_locations_of_the_recipe_are_no_way_in)
{
    auto const response = get("/.tokend/any", bearer(unknown_token));
    BOOST_TEST(response.result_int() >= 400U);
    BOOST_TEST(response.result_int() < 500U);
    check_untouched();
}

BOOST_AUTO_TEST_CASE(clients_log_in_through_the_proxy_and_are_known_by_their_own_addresses)
{
    for (auto const* const own : {"127.0.0.7", "127.0.0.8"})
    {
        auto const json = "Content-Type: application/json\r\nX-Forwarded-For: 203.0.113.66\r\n";
        browser client{address(), own};
        client.send(request_text("POST", issue_path, json, administrator));
        auto const login = client.receive();
        BOOST_TEST(login.result_int() == 200U);
        auto const token = login.body().substr(login.body().find(R"("token":")") + 9, 32);
        BOOST_TEST_REQUIRE(is_token(token));
        client.send(request_text("POST", "/authentication/sessions", json, token_body(token)));
        auto const sessions = client.receive().body();
        auto const expected = R"("client_address":")" + std::string{own} + '"';
        BOOST_TEST(sessions.find(expected) != std::string::npos, sessions);
        client.send(request_text("GET", "/", bearer(unknown_token) + "X-Forwarded-For: 203.0.113.66\r\n"));
        client.receive();
        BOOST_TEST(tokend().logs(R"("client":")" + std::string{own} + '"'));
    }
    BOOST_TEST(tokend().log().find("203.0.113.66") == std::string::npos);
    check_untouched();
}

BOOST_AUTO_TEST_CASE(what_the_application_answers_is_left_as_it_is)
{
    auto const token = token_of_admin();
    for (unsigned const status : {404U, 500U, 503U})
    {
        auto const response = get("/status/" + std::to_string(status), bearer(token));
        BOOST_TEST(response.result_int() == status);
        BOOST_TEST(response.body() == application::greeting);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test
