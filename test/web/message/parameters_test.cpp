#include "web/message/parameters.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

using namespace tokend;
using vk = member_value::kind;

namespace {

// A body as any reader fills it.
members body_of(std::initializer_list<std::pair<member, std::string_view>> texts)
{
    members body;
    for (auto const& [m, text] : texts)
        body.set(m, m == member::access_token_identifier ? member_value{.type = vk::object}
                                                         : member_value{.type = vk::string, .text = text});
    return body;
}

// "CODE member", or "ok".
template <class T>
std::string outcome_of(result<T> const& r)
{
    if (r)
        return "ok";
    auto const& why = r.error();
    return std::string{to_string(why.code)} + (why.member.empty() ? "" : " " + std::string{why.member});
}

struct request_with
{
    explicit request_with(std::initializer_list<std::string_view> authorizations)
    {
        for (auto const value : authorizations)
            fields.add({header::authorization, value});
    }
    request_view view() const { return {.fields = fields}; }

    header_fields fields{100};
};

std::string const long_text(257, 'x');

}  // namespace

BOOST_AUTO_TEST_SUITE(parameters_)

BOOST_AUTO_TEST_CASE(credentials_are_refused_in_the_order_of_the_contract)
{
    using m = member;
    struct row
    {
        members body;
        std::string_view outcome;
    };
    for (auto const& r : std::initializer_list<row>{
             {body_of({{m::organisation, "A"}, {m::username, "u"}, {m::password, "p"}}), "ok"},
             {body_of({{m::organisation, "A"}, {m::access_token_identifier, {}}, {m::authentication_code, "c"}}), "ok"},
             {body_of({{m::organisation, "A"},
                       {m::access_token_identifier, {}},
                       {m::identifier, "i"},
                       {m::pass_code, "p"}}),
              "ok"},
             {body_of({}), "MISSING_PARAMETER organisation"},
             {body_of({{m::organisation, "A"}}), "MISSING_PARAMETER username"},
             {body_of({{m::organisation, "A"}, {m::username, "u"}}), "MISSING_PARAMETER password"},
             {body_of({{m::organisation, "A"}, {m::access_token_identifier, {}}}),
              "MISSING_PARAMETER access_token_identifier.authentication_code"},
             {body_of({{m::organisation, "A"}, {m::access_token_identifier, {}}, {m::identifier, "i"}}),
              "MISSING_PARAMETER access_token_identifier.pass_code"},
             {body_of({{m::access_token_identifier, {}}, {m::username, "u"}}), "CONFLICTING_CREDENTIALS"},
             {body_of({{m::access_token_identifier, {}}, {m::authentication_code, "c"}, {m::identifier, "i"}}),
              "CONFLICTING_CREDENTIALS"},
             {body_of({{m::organisation, "A"}, {m::username, long_text}}), "INVALID_PARAMETER username"},
             {body_of({{m::organisation, "A"}, {m::username, "a\nb"}}), "INVALID_PARAMETER username"},
             {body_of({{m::username, "u"}, {m::password, std::string_view{"a\0b", 3}}}), "INVALID_PARAMETER password"},
             {body_of({{m::unit, long_text}, {m::username, long_text}}), "INVALID_PARAMETER username"},
         })
        BOOST_TEST(outcome_of(read_credentials(r.body)) == r.outcome);
}

BOOST_AUTO_TEST_CASE(a_member_of_another_type_is_invalid_and_named)
{
    members body = body_of({{member::organisation, "A"}, {member::username, "u"}, {member::password, "p"}});
    body.set(member::unit, {.type = vk::integer, .number = 7});
    BOOST_TEST(outcome_of(read_credentials(body)) == "INVALID_PARAMETER unit");
    body.set(member::password, {.type = vk::other});
    BOOST_TEST(outcome_of(read_credentials(body)) == "INVALID_PARAMETER password");
}

BOOST_AUTO_TEST_CASE(credentials_hold_what_was_presented)
{
    auto const code = read_credentials(body_of({{member::organisation, "A"},
                                                {member::access_token_identifier, {}},
                                                {member::authentication_code, "c"},
                                                {member::unit, "north"}}));
    BOOST_TEST_REQUIRE(code.has_value());
    BOOST_TEST((code->presented == credentials::kind::code));
    BOOST_TEST(code->proof.reveal() == "c");
    BOOST_TEST(code->organisation == "A");
    BOOST_TEST(code->unit == "north");
    BOOST_TEST(code->name.empty());
}

BOOST_AUTO_TEST_CASE(a_limit_is_a_whole_number_from_1_to_1000)
{
    for (auto const& [number, good] : std::initializer_list<std::pair<std::int64_t, bool>>{
             {0, false}, {1, true}, {1000, true}, {1001, false}, {-1, false}})
    {
        members body;
        body.set(member::limit, {.type = vk::integer, .number = number});
        BOOST_TEST(check_types(body, {member::limit}).has_value() == good, number);
    }
}

BOOST_AUTO_TEST_CASE(a_token_stands_in_the_body_or_behind_bearer)
{
    struct row
    {
        std::string_view in_body;
        std::initializer_list<std::string_view> authorizations;
        std::string_view outcome;
    };
    for (auto const& [in_body, authorizations, outcome] : std::initializer_list<row>{
             {"T", {}, "ok"},
             {"", {"Bearer T"}, "ok"},
             {"", {"bearer \t T "}, "ok"},
             {"t", {"Bearer T"}, "ok"},
             {"T", {"Bearer "}, "ok"},
             {"T", {"Basic T"}, "ok"},
             {"", {}, "MISSING_PARAMETER token"},
             {"", {"Bearer"}, "MISSING_PARAMETER token"},
             {"", {"BearerT"}, "MISSING_PARAMETER token"},
             {"T", {"Bearer U"}, "CONFLICTING_CREDENTIALS"},
             {"", {"Bearer T", "Bearer U"}, "CONFLICTING_CREDENTIALS"},
         })
    {
        members body;
        if (!in_body.empty())
            body.set(member::token, {.type = vk::string, .text = in_body});
        request_with const request{authorizations};
        BOOST_TEST(outcome_of(read_token(body, request.view())) == outcome);
    }
}

BOOST_AUTO_TEST_CASE(an_api_key_is_the_user_of_basic_with_an_empty_password)
{
    struct row
    {
        std::initializer_list<std::string_view> authorizations;
        std::string_view outcome;
    };
    for (auto const& [authorizations, outcome] : std::initializer_list<row>{
             {{"Basic a2V5Og=="}, "ok"},  // key:
             {{"basic a2V5Og=="}, "ok"},
             {{}, "INVALID_CREDENTIALS"},
             {{"Bearer a2V5Og=="}, "INVALID_CREDENTIALS"},
             {{"Basic a2V5Og==", "Basic a2V5Og=="}, "INVALID_CREDENTIALS"},
             {{"Basic !"}, "INVALID_CREDENTIALS"},
             {{"Basic a2V5"}, "INVALID_CREDENTIALS"},      // key
             {{"Basic a2V5OnA="}, "INVALID_CREDENTIALS"},  // key:p
             {{"Basic Og=="}, "INVALID_CREDENTIALS"},      // :
             {{"Basic a2UKeTo="}, "INVALID_CREDENTIALS"},  // a line feed in the key
         })
    {
        request_with const request{authorizations};
        BOOST_TEST(outcome_of(read_api_key({}, request.view())) == outcome);
    }
    request_with const request{"Basic a2V5Og=="};
    auto const key = read_api_key(body_of({{member::organisation, "A"}}), request.view());
    BOOST_TEST_REQUIRE(key.has_value());
    BOOST_TEST(key->proof.reveal() == "key");
    BOOST_TEST(key->organisation == "A");
}

BOOST_AUTO_TEST_SUITE_END()
