#include "web/json_reader.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>

// Holds the reader against Boost.JSON, on bodies that differ from good ones in a few bytes.
namespace {

using namespace tokend;
namespace json = boost::json;

constexpr std::array<std::string_view, 6> seeds{
    R"({"token":"4AD9C84FA60F9FE407140E20F707726A","touch":true})",
    R"({"username":"mpadministrator","password":"\u0031\ud83d\ude002\n34","organisation":"CRMDEMO","unit":null})",
    R"( { "access_token_identifier" : {"identifier":"jsmith","pass_code":"4711"} , "organisation":"\"\\\/\b\f\n\r\t" } )",
    R"({"a":[[],[{}],{"b":[1,-0.5e+10,[2E-3]]},true,false,null],"username":7})",
    "{\"username\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 \xed\x9f\xbf\xee\x80\x80\",\"password\":\"\x7f\"}",
    R"({"x":"0123456789abcde\"0123456789abcdef0123456789abcdef","username":"0123456789abcdef\u00e9"})"};
constexpr std::string_view bytes = "{}[]\",:\\/u0129aeE+-. \t\n\r\x01tfn\x7f\x80\xbf\xc0\xc3\xe0\xed\xf0\xf4\xff";

std::string mutated(std::mt19937& random)
{
    auto const below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random); };
    std::string body{seeds[below(seeds.size())]};
    for (auto changes = 1 + below(3); changes > 0 && !body.empty(); --changes)
    {
        auto const at = below(body.size());
        switch (below(4))
        {
        case 0:
            body.erase(at, 1 + below(3));
            break;
        case 1:
            body.insert(at, 1, bytes[below(bytes.size())]);
            break;
        case 2:
            body.insert(at, body.substr(below(body.size()), below(8)));
            break;
        default:
            body[at] = bytes[below(bytes.size())];
        }
    }
    return body;
}

// Members, as often as they are written.
std::size_t written(std::string_view body)
{
    std::size_t colons = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < body.size(); ++i)
        if (quoted && body[i] == '\\')
            ++i;
        else if (body[i] == '"')
            quoted = !quoted;
        else
            colons += !quoted && body[i] == ':';
    return colons;
}

// Members, each name once in its object.
std::size_t different(json::value const& v)
{
    std::size_t sum = 0;
    if (v.is_object())
        for (auto const& m : v.get_object())
            sum += 1 + different(m.value());
    if (v.is_array())
        for (auto const& item : v.get_array())
            sum += different(item);
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_oracle)

BOOST_AUTO_TEST_CASE(the_reader_takes_what_boost_json_takes_but_for_members_that_are_there_twice)
{
    json_limits const limits;
    json_reader reader{limits, 16384};
    std::mt19937 random{1};
    std::size_t good = 0;
    for (int i = 0; i < 100'000; ++i)
    {
        auto const body = mutated(random);
        json::error_code ec;
        auto const right = json::parse(body, ec);
        bool const expected = !ec && right.is_object() && different(right) == written(body);
        bool const taken = reader.read(body).has_value();
        BOOST_TEST_REQUIRE(taken == expected, body);
        good += taken;
        if (!taken)
            continue;
        auto const* const name = right.get_object().if_contains("username");
        auto const text = name != nullptr && name->is_string() ? name->get_string() : json::string{};
        BOOST_TEST_REQUIRE(reader[member::username].text == std::string_view(text), body);
    }
    BOOST_TEST(good > 10'000U);
}

BOOST_AUTO_TEST_SUITE_END()
