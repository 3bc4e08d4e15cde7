// The description against the code, and against itself; and the tests' own eye for what is not documented.
#include "base/refusal.hpp"
#include "contract/contract.hpp"
#include "reference/reference.hpp"
#include "reference/schema.hpp"
#include "support/bytes_of.hpp"
#include "web/description/pointer.hpp"
#include "web/methods/routes.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

using namespace tokend::test;
using tokend::code;
namespace json = boost::json;

namespace {

// One row of the table of errors, and the statuses of the responses that have it.
struct row
{
    std::string code;
    std::string message;
    std::set<int> statuses;
};

std::map<std::string, row> documented_rows()
{
    std::map<std::string, row> rows;
    for (auto const& a : all_documented_answers())
    {
        auto const& schemas = reference().at("components").at("schemas").as_object();
        auto const* const schema = schemas.if_contains(a.form);
        if (schema == nullptr || !schema->as_object().contains("allOf"))
            continue;
        auto const& status = schema->at("allOf").as_array()[1].at("properties").at("status").at("properties");
        auto& r = rows[a.form];
        r.code = status.at("code").at("const").as_string();
        r.message = status.at("message").at("const").as_string();
        r.statuses.insert(a.status);
    }
    return rows;
}

// Only /auth/verify has this code, and its answers have no body.
bool has_body(code c) { return c != code::ok && c != code::constraint_not_met; }

answer good_answer(std::string body)
{
    auto a =
        parse_answer_head("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: x\r\nCache-Control: no-store\r\n"
                          "X-Content-Type-Options: nosniff\r\nX-Request-Id: a\r\n");
    a.body = std::move(body);
    return a;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reference_)

BOOST_AUTO_TEST_CASE(each_code_has_its_row_with_its_status_and_its_message)
{
    auto const rows = documented_rows();
    for (int i = 0; i <= static_cast<int>(code::internal_error); ++i)
    {
        auto const c = static_cast<code>(i);
        if (has_body(c))
            BOOST_TEST_CONTEXT(to_string(c))
        BOOST_TEST(std::ranges::any_of(rows, [&](auto const& named) {
            auto const& r = named.second;
            return r.code == to_string(c) && r.message == tokend::message_of(c) &&
                   r.statuses.contains(static_cast<int>(tokend::http_status(c)));
        }));
    }
}

BOOST_AUTO_TEST_CASE(each_row_has_a_code_of_tokend_and_its_status)
{
    std::map<std::string_view, code> codes;
    for (int i = 0; i <= static_cast<int>(code::internal_error); ++i)
        codes.emplace(to_string(static_cast<code>(i)), static_cast<code>(i));
    for (auto const& [name, r] : documented_rows())
        BOOST_TEST_CONTEXT(name)
        {
            BOOST_TEST_REQUIRE(codes.contains(r.code));
            std::set<int> allowed{static_cast<int>(tokend::http_status(codes.at(r.code)))};
            if (name == "Unreadable")
                allowed.insert({501, 505});
            BOOST_TEST(std::ranges::includes(allowed, r.statuses));
        }
}

BOOST_AUTO_TEST_CASE(each_route_is_documented_and_each_operation_has_a_route)
{
    using tokend::path_use;
    using tokend::service;
    std::set<std::string> routes;
    for (auto const& r : tokend::routes_of({service::public_methods, service::admin, service::metrics}))
    {
        std::string name{r.verb.empty() ? "GET" : r.verb};
        name.append(" ").append(r.path);
        routes.insert(r.use == path_use::last_segment   ? name + "/*"
                      : r.use == path_use::two_segments ? name + "/*/*"
                                                        : name);
        if (r.use == path_use::subtree)
            routes.insert(name + "/*");
    }
    std::set<std::string> documented;
    for (auto const& of : all_operations())
    {
        auto name = of.name();
        std::ranges::transform(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(of.verb.size()), name.begin(),
                               [](unsigned char c) { return std::toupper(c); });
        for (auto brace = name.find('{'); brace != name.npos; brace = name.find('{'))
            name.replace(brace, name.find('}') - brace + 1, "*");
        documented.insert(name.ends_with("/*/test") ? "POST /admin/v1/backends/*/*" : name);
    }
    BOOST_TEST(routes == documented, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_not_documented_is_found)
{
    auto const check = [](std::string_view verb, std::string_view target, answer const& a) {
        check_documented(verb, target, a, true);
    };
    auto const ready = good_answer(R"({"ready":true})");
    check("GET", "/healthz", ready);
    check("GET", "http://tokend/healthz/?x=1", ready);
    std::map<std::string, answer> wrong{{"a member", good_answer(R"({"ready":true,"more":1})")},
                                        {"a type", good_answer(R"({"ready":"yes"})")},
                                        {"no member", good_answer("{}")},
                                        {"no JSON", good_answer("ready")},
                                        {"a status", ready},
                                        {"a header", ready},
                                        {"a missing header", ready},
                                        {"a media type", ready},
                                        {"a code", good_answer(error_body("NEW_CODE", "New."))}};
    wrong["a status"].status = 201;
    wrong["a header"].headers.emplace_back("X-New", "1");
    wrong["a missing header"].headers.pop_back();
    wrong["a media type"].headers[0].second = "text/plain";
    for (auto const& [what, a] : wrong)
        BOOST_TEST_CONTEXT(what) BOOST_CHECK_THROW(check("GET", "/healthz", a), std::logic_error);
    BOOST_CHECK_THROW(check("POST", "/healthz", ready), std::logic_error);
    BOOST_CHECK_THROW(check("GET", "/nothing", ready), std::logic_error);
}

BOOST_AUTO_TEST_CASE(a_value_must_meet_all_of_a_schema)
{
    struct
    {
        char const* schema;
        char const* good;
        char const* bad;
    } const pairs[] = {
        {R"({"type":["string","null"]})", "null", "1"},
        {R"({"type":"integer","minimum":1,"maximum":3})", "3", "4"},
        {R"({"type":"integer","minimum":1})", "1", "0"},
        {R"({"const":"a"})", R"("a")", R"("b")"},
        {R"({"enum":["a","b"]})", R"("b")", R"("c")"},
        {R"({"pattern":"^[0-9]$"})", R"("1")", R"("12")"},
        {R"({"format":"date-time"})", R"("2026-11-24T07:45:00Z")", R"("2026-11-24")"},
        {R"({"maxLength":2})", R"("ab")", R"("abc")"},
        {R"({"items":{"type":"string"}})", R"(["a"])", R"(["a",1])"},
        {R"({"required":["a"]})", R"({"a":1})", "{}"},
        {R"({"properties":{"a":{"type":"string"}}})", R"({"b":1})", R"({"a":1})"},
        {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"a":1})", R"({"b":1})"},
        {R"({"additionalProperties":{"type":"string"}})", R"({"a":"b"})", R"({"a":1})"},
        {R"({"allOf":[{"type":"string"},{"maxLength":1}]})", R"("a")", R"("ab")"},
        {R"({"oneOf":[{"type":"string"},{"type":"integer"}]})", "1", "true"},
        {R"({"oneOf":[{"type":"string"},{"maxLength":1}]})", R"("ab")", R"("a")"},
        {R"({"$ref":"#/components/schemas/Accessor"})", R"("JMJHlQg93zQH4oxlO3y6Rg")", R"("x")"},
    };
    for (auto const& p : pairs)
        BOOST_TEST_CONTEXT(p.schema)
        {
            auto const schema = json::parse(p.schema);
            BOOST_TEST(!mismatch(json::parse(p.good), schema, reference()));
            BOOST_TEST(mismatch(json::parse(p.bad), schema, reference()).has_value());
        }
    BOOST_CHECK_THROW((void)mismatch(1, json::parse(R"({"multipleOf":2})"), reference()), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
