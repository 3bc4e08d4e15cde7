// The table of errors, row by row, and which row wins where two apply. Rows that need a failing backend are in
// fake_plugins_test.
#include "contract/contract.hpp"
#include "contract/shared_daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace tokend::test;

namespace {

struct error_table
{
    static daemon_options options() { return {demonstration(), {"--login.failure-time=0ms"}}; }
};

struct row
{
    std::string bytes;
    int status;
    std::string_view code;
    std::string_view description = {};
};

void check(std::vector<row> const& rows)
{
    for (auto const& r : rows)
        BOOST_TEST_CONTEXT(r.bytes)
    check_error(ask(served<error_table>::address(), r.bytes), r.status, r.code, r.description);
}

std::string login(std::string_view body, std::string_view headers = {}) { return post(issue_path, body, headers); }

std::string typed(std::string_view content_type, std::string_view body = administrator)
{
    return request("POST", issue_path, "Content-Type: " + std::string{content_type} + "\r\n", body);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(error_table_, *boost::unit_test::fixture<served<error_table>>())

BOOST_AUTO_TEST_CASE(what_http_itself_refuses)
{
    check({
        {"POST /authentication/token HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "MALFORMED_REQUEST"},
        {"POST /authentication/token HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "MALFORMED_REQUEST"},
        {"POST /authentication/token HTTP/2.0\r\nHost: h\r\n\r\n", 505, "MALFORMED_REQUEST"},
        {"POST /authentication/token HTTP/1.1\r\nHost: h\r\nContent-Length: 16385\r\n\r\n", 413, "PAYLOAD_TOO_LARGE"},
        {get("/healthz", "X: " + std::string(17000, 'x') + "\r\n"), 431, "HEADERS_TOO_LARGE"},
    });
}

BOOST_AUTO_TEST_CASE(paths_and_verbs)
{
    check({
        {get("/"), 404, "NOT_FOUND"},
        {post("/authentication/tokens", "{}"), 404, "NOT_FOUND"},
        {request("OPTIONS", "*"), 404, "NOT_FOUND"},
        {request("PURGE", "/nothing"), 404, "NOT_FOUND"},
        {get(issue_path), 405, "METHOD_NOT_ALLOWED"},
        {request("OPTIONS", issue_path), 405, "METHOD_NOT_ALLOWED"},
        {request("TRACE", issue_path), 405, "METHOD_NOT_ALLOWED"},
        {request("post", issue_path, {}, administrator), 405, "METHOD_NOT_ALLOWED"},
        {request("DELETE", validate_path), 405, "METHOD_NOT_ALLOWED"},
        {request("PUT", release_path, {}, "{}"), 405, "METHOD_NOT_ALLOWED"},
        {request("X-ANY", renew_path), 405, "METHOD_NOT_ALLOWED"},
        {get(switch_path), 405, "METHOD_NOT_ALLOWED"},
        {get(api_key_path), 405, "METHOD_NOT_ALLOWED"},
        {post("/healthz", "{}"), 405, "METHOD_NOT_ALLOWED"},
        {post("/readyz", "{}"), 405, "METHOD_NOT_ALLOWED"},
    });
}

BOOST_AUTO_TEST_CASE(a_refused_verb_is_told_what_is_allowed)
{
    BOOST_TEST(ask(served<error_table>::address(), get(issue_path)).header("Allow") == "POST");
    auto const allowed = ask(served<error_table>::address(), post("/healthz", "{}")).header("Allow");
    BOOST_TEST((allowed == "GET, HEAD" || allowed == "HEAD, GET"), allowed);
}

BOOST_AUTO_TEST_CASE(media_types)
{
    for (auto const type : {"text/plain", "application/x-www-form-urlencoded", "application/xml", "application/jsonx",
                            "application/json; charset=latin1", "application/json;charset=\"iso-8859-1\"",
                            "application/json; charset=utf-16", "text/json", "json", "application/problem+xml",
                            R"(application/json; profile="a;b"; charset=latin1)"})
        check({{typed(type), 415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type"}});
    for (auto const coding : {"gzip", "identity", "br", "x"})
        check({{login(administrator, "Content-Encoding: " + std::string{coding} + "\r\n"), 415,
                "UNSUPPORTED_MEDIA_TYPE", "Content-Type"}});
    for (auto const type :
         {"application/json", "Application/JSON", "application/json;charset=utf-8", "application/json; charset=UTF-8",
          "application/json; charset=\"Utf-8\"", "application/vnd.example+json", "application/json; version=2",
          "application/json; version=2; charset=utf-8", R"(application/json; profile="a;charset=latin1")",
          R"(application/json; profile="a\";charset=latin1"; charset=utf-8)"})
        BOOST_TEST_CONTEXT(type) check_ok(ask(served<error_table>::address(), typed(type)));
    check_ok(ask(served<error_table>::address(), request("POST", issue_path, {}, administrator)));
}

BOOST_AUTO_TEST_CASE(bodies)
{
    for (auto const& bytes :
         {login(""), login(" "), login("{"), login("[]"), login("null"),
          login(R"({"organisation":"CRMDEMO","organisation":"CRMDEMO"})"), login("{\"organisation\":\"\xff\"}"),
          post(validate_path, "{"), post(renew_path, "[]"), post(switch_path, "1"), post(release_path, "{}}"),
          // An error in the JSON wins over any error in its members.
          login(R"({"username":1,)"), login(R"({"username":1,"a":1,"a":1})"), post(renew_path, "{", bearer("x"))})
        BOOST_TEST_CONTEXT(bytes) check_bad_body(ask(served<error_table>::address(), bytes));
}

BOOST_AUTO_TEST_CASE(types_and_lengths_in_the_order_of_the_members)
{
    check({
        {login(R"({"username":1})"), 400, "INVALID_PARAMETER", "username"},
        {login(R"({"password":true})"), 400, "INVALID_PARAMETER", "password"},
        {login(R"({"access_token_identifier":"x"})"), 400, "INVALID_PARAMETER", "access_token_identifier"},
        {login(R"({"access_token_identifier":{"authentication_code":1}})"), 400, "INVALID_PARAMETER",
         "access_token_identifier.authentication_code"},
        {login(R"({"access_token_identifier":{"identifier":{}}})"), 400, "INVALID_PARAMETER",
         "access_token_identifier.identifier"},
        {login(R"({"access_token_identifier":{"pass_code":4711}})"), 400, "INVALID_PARAMETER",
         "access_token_identifier.pass_code"},
        {login(R"({"organisation":["CRMDEMO"]})"), 400, "INVALID_PARAMETER", "organisation"},
        {login(R"({"unit":1})"), 400, "INVALID_PARAMETER", "unit"},
        // If several members are wrong, the first in the order of the table is reported, whatever their order in the
        // body.
        {login(R"({"unit":1,"organisation":1,"access_token_identifier":1,"password":1,"username":1})"), 400,
         "INVALID_PARAMETER", "username"},
        {login(R"({"unit":1,"organisation":1,"access_token_identifier":1,"password":1})"), 400, "INVALID_PARAMETER",
         "password"},
        {login(R"({"unit":1,"organisation":1,"access_token_identifier":1})"), 400, "INVALID_PARAMETER",
         "access_token_identifier"},
        {login(R"({"unit":1,"organisation":1,"access_token_identifier":{"pass_code":1,"identifier":1,)"
               R"("authentication_code":1}})"),
         400, "INVALID_PARAMETER", "access_token_identifier.authentication_code"},
        {login(R"({"unit":1,"organisation":1,"access_token_identifier":{"pass_code":1,"identifier":1}})"), 400,
         "INVALID_PARAMETER", "access_token_identifier.identifier"},
        {login(R"({"unit":1,"organisation":1})"), 400, "INVALID_PARAMETER", "organisation"},
        {post(validate_path, R"({"token":1})"), 400, "INVALID_PARAMETER", "token"},
        {post(validate_path, token_body(unknown_token, R"("touch":"yes")")), 400, "INVALID_PARAMETER", "touch"},
        {post(release_path, R"({"token":{}})"), 400, "INVALID_PARAMETER", "token"},
        {post(switch_path, token_body(unknown_token, R"("unit":1)")), 400, "INVALID_PARAMETER", "unit"},
        {post(switch_path, R"({"unit":1,"token":1})"), 400, "INVALID_PARAMETER", "token"},
        {post(api_key_path, R"({"organisation":1})", "Authorization: Basic ZGVtby1hcGkta2V5LTE6\r\n"), 400,
         "INVALID_PARAMETER", "organisation"},
    });
}

BOOST_AUTO_TEST_CASE(two_kinds_of_credentials)
{
    constexpr std::string_view code =
        R"("access_token_identifier":{"authentication_code":"1"},"organisation":"CRMDEMO")";
    auto const with_code = [&](std::string_view more) {
        return "{" + std::string{more} + "," + std::string{code} + "}";
    };
    check({
        {login(with_code(R"("username":"u")")), 400, "CONFLICTING_CREDENTIALS"},
        {login(with_code(R"("password":"p")")), 400, "CONFLICTING_CREDENTIALS"},
        {login(with_code(R"("username":"u","password":"p")")), 400, "CONFLICTING_CREDENTIALS"},
        {login(R"({"access_token_identifier":{"authentication_code":"1","identifier":"i"},"organisation":"CRMDEMO"})"),
         400, "CONFLICTING_CREDENTIALS"},
        {login(R"({"access_token_identifier":{"authentication_code":"1","pass_code":"p"},"organisation":"CRMDEMO"})"),
         400, "CONFLICTING_CREDENTIALS"},
        {post(validate_path, token_body(unknown_token), bearer("x")), 400, "CONFLICTING_CREDENTIALS"},
        {post(release_path, token_body(unknown_token), bearer("x")), 400, "CONFLICTING_CREDENTIALS"},
        {post(renew_path, token_body("x"), bearer("y")), 400, "CONFLICTING_CREDENTIALS"},
        {post(switch_path, token_body("x", R"("unit":"u")"), bearer("y")), 400, "CONFLICTING_CREDENTIALS"},
    });
}

BOOST_AUTO_TEST_CASE(what_is_missing_in_its_order)
{
    constexpr std::string_view no_code = "access_token_identifier.authentication_code";
    check({
        {login("{}"), 400, "MISSING_PARAMETER", "organisation"},
        {login(R"({"username":"u","password":"p"})"), 400, "MISSING_PARAMETER", "organisation"},
        {login(R"({"username":"u","password":"p","organisation":""})"), 400, "MISSING_PARAMETER", "organisation"},
        {login(R"({"username":"u","password":"p","organisation":null})"), 400, "MISSING_PARAMETER", "organisation"},
        {login(R"({"organisation":"CRMDEMO"})"), 400, "MISSING_PARAMETER", "username"},
        {login(R"({"organisation":"CRMDEMO","password":"p"})"), 400, "MISSING_PARAMETER", "username"},
        {login(R"({"organisation":"CRMDEMO","username":"","password":"p"})"), 400, "MISSING_PARAMETER", "username"},
        {login(R"({"organisation":"CRMDEMO","username":"u"})"), 400, "MISSING_PARAMETER", "password"},
        {login(R"({"organisation":"CRMDEMO","username":"u","password":""})"), 400, "MISSING_PARAMETER", "password"},
        {login(R"({"organisation":"CRMDEMO","access_token_identifier":{}})"), 400, "MISSING_PARAMETER", no_code},
        {login(R"({"organisation":"CRMDEMO","access_token_identifier":{"authentication_code":"","identifier":null}})"),
         400, "MISSING_PARAMETER", no_code},
        {login(R"({"organisation":"CRMDEMO","access_token_identifier":{"pass_code":"p"}})"), 400, "MISSING_PARAMETER",
         "access_token_identifier.identifier"},
        {login(R"({"organisation":"CRMDEMO","access_token_identifier":{"identifier":"i"}})"), 400, "MISSING_PARAMETER",
         "access_token_identifier.pass_code"},
        {post(validate_path, ""), 400, "MISSING_PARAMETER", "token"},
        {post(validate_path, R"({"token":""})"), 400, "MISSING_PARAMETER", "token"},
        {post(release_path, "{}"), 400, "MISSING_PARAMETER", "token"},
        {post(renew_path, R"({"token":null})"), 400, "MISSING_PARAMETER", "token"},
        {post(switch_path, "{}"), 400, "MISSING_PARAMETER", "token"},
        {post(switch_path, R"({"unit":"u"})"), 400, "MISSING_PARAMETER", "token"},
        {post(switch_path, token_body(unknown_token)), 400, "MISSING_PARAMETER", "unit"},
        {post(switch_path, token_body(unknown_token, R"("unit":"")")), 400, "MISSING_PARAMETER", "unit"},
    });
}

BOOST_AUTO_TEST_CASE(where_two_rows_apply_the_upper_wins)
{
    constexpr std::string_view bad_header = "X bad: 1\r\n";
    check({
        {get("/nothing", bad_header), 400, "MALFORMED_REQUEST"},
        {get(issue_path, bad_header), 400, "MALFORMED_REQUEST"},
        {request("PUT", "/nothing", "Content-Type: text/plain\r\n", "x"), 404, "NOT_FOUND"},
        {request("PUT", issue_path, "Content-Type: text/plain\r\n", "{"), 405, "METHOD_NOT_ALLOWED"},
        {typed("text/plain", "{"), 415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type"},
        {login(R"({"username":1,"access_token_identifier":{"authentication_code":"1","identifier":"i"}})"), 400,
         "INVALID_PARAMETER", "username"},
        {login(R"({"unit":1,"username":"u","access_token_identifier":{"authentication_code":"1"}})"), 400,
         "INVALID_PARAMETER", "unit"},
        {login(R"({"username":"u","access_token_identifier":{"authentication_code":"1"}})"), 400,
         "CONFLICTING_CREDENTIALS"},
        {login(R"({"organisation":"NOWHERE","username":"u"})"), 400, "MISSING_PARAMETER", "password"},
        {login(R"({"organisation":"CRMDEMO","username":"mpadministrator","password":"x","unit":"none"})"), 401,
         "INVALID_CREDENTIALS"},
        {login(R"({"organisation":"CRMDEMO","username":"roamer","password":"x"})"), 401, "INVALID_CREDENTIALS"},
        {login(R"({"organisation":"CRMDEMO","username":"leaver","password":"gone-1","unit":"none"})"), 401,
         "INVALID_CREDENTIALS"},
        {login(R"({"organisation":"CRMDEMO","username":"roamer","password":"wander-1","unit":"none"})"), 403,
         "UNIT_NOT_ALLOWED", "unit"},
        {request("POST", renew_path, "Content-Type: text/plain\r\n" + bearer("x"), "{"), 415, "UNSUPPORTED_MEDIA_TYPE",
         "Content-Type"},
        {post(switch_path, R"({"token":"x","unit":1})", bearer("y")), 400, "INVALID_PARAMETER", "unit"},
        {post(switch_path, R"({"token":"x"})", bearer("y")), 400, "CONFLICTING_CREDENTIALS"},
        {post(switch_path, R"({"token":"x","unit":"none"})"), 401, "INVALID_TOKEN"},
    });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(full_store_)

BOOST_AUTO_TEST_CASE(a_full_store_issues_nothing_drops_nothing_and_recovers)
{
    daemon_process const tokend{{demonstration(), {"--login.failure-time=0ms", "--tokens.capacity=1"}}};
    auto const token = issue_token(tokend.address());
    auto const login_as = [&](std::string_view body) { return ask(tokend.address(), post(issue_path, body)); };

    check_error(login_as(administrator), 503, "TOKEN_STORE_FULL");
    check_error(login_as(acme_administrator), 503, "TOKEN_STORE_FULL");
    check_error(login_as(R"({"username":"mpadministrator","password":"x","organisation":"CRMDEMO"})"), 401,
                "INVALID_CREDENTIALS");
    check_error(login_as(R"({"username":"mpadministrator","password":"1234","organisation":"CRMDEMO","unit":"none"})"),
                403, "UNIT_NOT_ALLOWED", "unit");
    check_error(login_as(R"({"username":"roamer","password":"wander-1","organisation":"CRMDEMO"})"), 403,
                "NO_DEFAULT_UNIT", "unit");
    BOOST_TEST(is_active(tokend.address(), token));

    ask(tokend.address(), post(release_path, token_body(token)));
    BOOST_TEST(is_active(tokend.address(), issue_token(tokend.address())));
}

BOOST_AUTO_TEST_SUITE_END()
