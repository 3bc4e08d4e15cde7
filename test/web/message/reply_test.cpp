#include "web/message/reply.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>

using namespace tokend;

namespace {

struct fixture
{
    common_lines const lines{std::chrono::sys_seconds{std::chrono::seconds{784111777}}};
    reply_frame frame{.common = &lines, .request_id = "id-1", .after = after_answer::keep_alive_1_1};
    text_buffer out;
    text_buffer headers;
    reply_outcome outcome;

    reply response() { return {out, headers, frame, outcome}; }
    std::string text() const { return std::string{out.view()}; }
    bool has(std::string_view line) const
    {
        return text().find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(reply_, fixture)

BOOST_AUTO_TEST_CASE(a_response_is_exactly_these_bytes)
{
    BOOST_TEST((response().header("X-Token-Expires-In", 3600).ok(R"({"a":1})") == answered::now));
    BOOST_TEST(text() == "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                         "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: id-1\r\n"
                         "X-Token-Expires-In: 3600\r\nContent-Length: 73\r\n\r\n"
                         R"({"status":{"code":"OK","message":null,"description":null},"data":{"a":1}})"
                         "");
}

BOOST_AUTO_TEST_CASE(responses_stand_one_behind_the_other)
{
    response().ok("{}");
    auto const first = text();
    response().ok("{}");
    BOOST_TEST(text() == first + first);
}

BOOST_AUTO_TEST_CASE(head_has_the_length_of_the_body_and_no_body)
{
    frame.head = true;
    response().json(200, "12345");
    BOOST_TEST(has("Content-Length: 5"));
    BOOST_TEST(text().ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(the_connection_field_says_what_comes_after)
{
    BOOST_TEST((response().ok("{}"), text().find("Connection:")) == std::string::npos);
    frame.after = after_answer::keep_alive_1_0;
    response().ok("{}");
    BOOST_TEST(has("Connection: keep-alive"));
    frame.after = after_answer::close;
    response().ok("{}");
    BOOST_TEST(has("Connection: close"));
}

BOOST_AUTO_TEST_CASE(a_refusal_has_the_header_fields_of_its_status)
{
    response().refuse({code::invalid_token, {}, "x"});
    BOOST_TEST(text().starts_with("HTTP/1.1 401 "));
    BOOST_TEST(has(R"(WWW-Authenticate: Bearer realm="tokend", error="invalid_token")"));
    out.clear();
    response().refuse({code::invalid_credentials, {}, {}}, realm::basic);
    BOOST_TEST(has(R"(WWW-Authenticate: Basic realm="tokend")"));
    out.clear();
    response().refuse({code::overloaded, {}, {}});
    BOOST_TEST(text().starts_with("HTTP/1.1 503 "));
    BOOST_TEST(has("Retry-After: 1"));
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_member_and_never_the_reason)
{
    auto r = response();
    r.refuse({code::invalid_parameter, "pass\"word", "what really happened"});
    BOOST_TEST(text().find(R"("code":"INVALID_PARAMETER")") != std::string::npos);
    BOOST_TEST(text().find(R"("description":"pass\"word"},"data":{}})") != std::string::npos);
    BOOST_TEST(text().find("really") == std::string::npos);
    BOOST_TEST((outcome.code == code::invalid_parameter));
    BOOST_TEST(outcome.reason == "what really happened");
}

BOOST_AUTO_TEST_CASE(a_legacy_path_may_answer_every_refusal_with_200_but_not_what_it_cannot_read)
{
    frame.always_200 = true;
    response().refuse({code::invalid_credentials, {}, {}});
    BOOST_TEST(text().starts_with("HTTP/1.1 200 "));
    out.clear();
    response().unreadable(431, code::headers_too_large, "x");
    BOOST_TEST(text().starts_with("HTTP/1.1 431 "));
}

BOOST_AUTO_TEST_CASE(the_bare_dialect_has_no_body)
{
    frame.dialect = dialect::bare;
    auto r = response();
    r.refuse({code::invalid_token, {}, "released"});
    BOOST_TEST(text().starts_with("HTTP/1.1 401 "));
    BOOST_TEST(text().ends_with("Content-Length: 0\r\n\r\n"));
    BOOST_TEST((outcome.code == code::invalid_token));
}

BOOST_AUTO_TEST_CASE(for_a_proxy_every_trouble_is_500)
{
    frame.dialect = dialect::bare;
    response().refuse({code::store_unavailable, {}, "the audit log cannot be written"});
    BOOST_TEST(text().starts_with("HTTP/1.1 500 "));
    BOOST_TEST(!has("Retry-After: 1"));
    BOOST_TEST((outcome.code == code::store_unavailable));
}

BOOST_AUTO_TEST_CASE(a_json_string_is_escaped_where_json_wants_it)
{
    append_json_string(out, "plain");
    append_json_string(out, "\"\\\n\x01/\xc3\xa9");
    BOOST_TEST(out.view() == "\"plain\"\"\\\"\\\\\\u000a\\u0001/\xc3\xa9\"");
}

BOOST_AUTO_TEST_SUITE_END()
