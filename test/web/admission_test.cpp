#include "web/admission.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string_view>

using namespace tokend;

namespace {

constexpr route json_route{.name = "json", .verb = "POST", .path = "/json", .body = body_use::json};
constexpr route plain_route{.name = "plain", .verb = "POST", .path = "/plain"};

struct fixture
{
    header_fields fields{100};

    std::optional<code> refused(route_match const& match, std::initializer_list<field_line> lines = {})
    {
        fields.clear();
        for (auto const& line : lines)
            fields.add(line);
        auto const judged = admit({.fields = fields, .verb = "POST"}, match);
        return judged ? std::nullopt : std::optional{judged.error().code};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admission_, fixture)

BOOST_AUTO_TEST_CASE(the_path_comes_before_the_verb_and_the_verb_before_the_media_type)
{
    field_line const xml{header::content_type, "text/xml"};
    BOOST_TEST((refused({}, {xml}) == code::not_found));
    BOOST_TEST((refused({.route = &json_route}, {xml}) == code::method_not_allowed));
    BOOST_TEST((refused({.route = &json_route, .allows_verb = true}, {xml}) == code::unsupported_media_type));
    BOOST_TEST(!refused({.route = &plain_route, .allows_verb = true}, {xml}));
}

BOOST_AUTO_TEST_CASE(json_is_known_by_its_media_type)
{
    route_match const match{.route = &json_route, .allows_verb = true};
    BOOST_TEST(!refused(match));
    for (std::string_view const good :
         {"application/json", "APPLICATION/JSON", " application/json ", "application/problem+json",
          "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"",
          "application/json; a=\"x;charset=b\"", "application/json; odd"})
        BOOST_TEST(!refused(match, {{header::content_type, good}}), good);
    for (std::string_view const bad :
         {"", "text/json", "application/xml", "application/", "application/+json", "application/jsonx",
          "application/json; charset=latin1", "application/json; a=b; charset=utf-16"})
        BOOST_TEST((refused(match, {{header::content_type, bad}}) == code::unsupported_media_type), bad);
}

BOOST_AUTO_TEST_CASE(two_content_types_and_any_content_coding_are_refused)
{
    route_match const match{.route = &json_route, .allows_verb = true};
    field_line const type{header::content_type, "application/json"};
    BOOST_TEST((refused(match, {type, type}) == code::unsupported_media_type));
    BOOST_TEST((refused(match, {type, {header::content_encoding, "gzip"}}) == code::unsupported_media_type));
}

BOOST_AUTO_TEST_CASE(a_legacy_path_takes_every_media_type)
{
    BOOST_TEST(
        !refused({.route = &json_route, .allows_verb = true, .legacy = true}, {{header::content_type, "text/x"}}));
}

BOOST_AUTO_TEST_SUITE_END()
