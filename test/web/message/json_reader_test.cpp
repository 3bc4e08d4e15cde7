#include "web/message/json_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>

namespace {

using namespace tokend;

struct fixture
{
    json_limits limits;
    json_reader reader{16384};
    members body;
    bool reads(std::string const& text) { return reader.read(text, limits, body).has_value(); }
};

std::string object_of(int n)
{
    std::string body = "{";
    for (int i = 0; i < n; ++i)
        body += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":1";
    return body + "}";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(json_reader_, fixture)

BOOST_AUTO_TEST_CASE(known_members_are_found_where_they_belong)
{
    BOOST_REQUIRE(reads(R"({"username":"\u0061\n","touch":true,"unit":null,"organisation":"","x":[{"password":"p"}],
                           "access_token_identifier":{"identifier":"i","username":"no","y":{"pass_code":"no"}}})"));
    BOOST_TEST(body[member::username].text == "a\n");
    BOOST_TEST(body[member::touch].truth);
    BOOST_TEST(body[member::unit].is_absent());
    BOOST_TEST(body[member::organisation].is_absent());
    BOOST_TEST(body[member::password].is_absent());
    BOOST_TEST(body[member::identifier].text == "i");
    BOOST_TEST(body[member::pass_code].is_absent());
    BOOST_TEST((body[member::access_token_identifier].type == member_value::kind::object));
}

BOOST_AUTO_TEST_CASE(an_integer_is_what_is_written_without_fraction_and_exponent)
{
    BOOST_REQUIRE(reads(R"({"limit":12})"));
    BOOST_TEST((body[member::limit].type == member_value::kind::integer));
    BOOST_TEST(body[member::limit].number == 12);
    BOOST_REQUIRE(reads(R"({"limit":-9223372036854775808})"));
    BOOST_TEST(body[member::limit].number == std::numeric_limits<std::int64_t>::min());
    for (auto const other : {"1.0", "1e1", "9223372036854775808", "true", "[1]"})
    {
        BOOST_REQUIRE(reads(R"({"limit":)" + std::string{other} + "}"));
        BOOST_TEST((body[member::limit].type != member_value::kind::integer), other);
    }
}

BOOST_AUTO_TEST_CASE(dotted_names_are_not_a_way_in)
{
    BOOST_REQUIRE(reads(R"({"access_token_identifier.pass_code":"x"})"));
    BOOST_TEST(body[member::pass_code].is_absent());
}

BOOST_AUTO_TEST_CASE(a_wrong_type_is_kept_as_such)
{
    BOOST_REQUIRE(
        reads(R"({"username":1,"password":["x"],"access_token_identifier":[{"identifier":"i"}],"touch":1.5})"));
    BOOST_TEST((body[member::username].type == member_value::kind::integer));
    BOOST_TEST((body[member::password].type == member_value::kind::other));
    BOOST_TEST((body[member::access_token_identifier].type == member_value::kind::other));
    BOOST_TEST(body[member::identifier].is_absent());
    BOOST_TEST((body[member::touch].type == member_value::kind::other));
}

BOOST_AUTO_TEST_CASE(a_body_is_one_object_and_nothing_else)
{
    for (auto const* good : {"{}", " {} \r\n", "{\"a\":{}}"})
        BOOST_TEST(reads(good), good);
    for (auto const* bad :
         {"", " ", "[]", "1", "\"x\"", "null", "true", "{}{}", "{} x", "{", "{\"a\":1,}", "{a:1}", "\xef\xbb\xbf{}",
          "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\n\"}", "{\"a\":01}", "//\n{}", "{'a':1}"})
        BOOST_TEST(!reads(bad), bad);
}

BOOST_AUTO_TEST_CASE(a_member_twice_in_one_object_is_refused_however_it_is_written)
{
    BOOST_TEST(!reads(R"({"a":1,"a":1})"));
    BOOST_TEST(!reads(R"({"a":1,"\u0061":1})"));
    BOOST_TEST(!reads(R"({"x":{"a":1,"a":1}})"));
    BOOST_TEST(reads(R"({"a":{"a":1},"b":[{"a":1},{"a":1}]})"));
}

BOOST_AUTO_TEST_CASE(depth_and_members_have_limits_that_are_still_taken)
{
    auto const nested = [](int n) {
        return "{\"a\":" + std::string(static_cast<std::size_t>(n - 1), '[') +
               std::string(static_cast<std::size_t>(n - 1), ']') + "}";
    };
    BOOST_TEST(reads(nested(8)));
    BOOST_TEST(!reads(nested(9)));
    BOOST_TEST(reads(object_of(64)));
    BOOST_TEST(!reads(object_of(65)));
    auto const four = "[" + object_of(63) + "," + object_of(63) + "," + object_of(63) + "," + object_of(63) + "]";
    BOOST_TEST(reads("{\"a\":" + four + ",\"b\":1,\"c\":1,\"d\":1}"));
    BOOST_TEST(!reads("{\"a\":" + four + ",\"b\":1,\"c\":1,\"d\":1,\"e\":1}"));
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_a_body_before)
{
    BOOST_REQUIRE(reads(R"({"password":"x"})"));
    BOOST_REQUIRE(reads("{}"));
    BOOST_TEST(body[member::password].is_absent());
    BOOST_REQUIRE(reads(R"({"password":"x"})"));
    BOOST_TEST(!reads(R"({"username":"x")"));
    BOOST_TEST(body[member::password].is_absent());
    BOOST_TEST(body[member::username].is_absent());
}

// A reload may change them.
BOOST_AUTO_TEST_CASE(limits_hold_from_the_next_body_on)
{
    BOOST_TEST(reads(object_of(64)));
    limits.members = 65;
    BOOST_TEST(reads(object_of(65)));
    limits.members = 2;
    BOOST_TEST(!reads(object_of(3)));
    BOOST_TEST(!reads(R"({"a":[[[[[[[[1]]]]]]]]})"));
    limits.depth = 9;
    BOOST_TEST(reads(R"({"a":[[[[[[[[1]]]]]]]]})"));
}

BOOST_AUTO_TEST_SUITE_END()
