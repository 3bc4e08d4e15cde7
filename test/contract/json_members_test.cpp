// Bodies that are JSON, with members of the wrong type for a login, or with unknown members.
#include "contract/json_bodies.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::test;
using namespace std::literals;

namespace {

// The members that a login needs, and one more.
std::string login_with(std::string_view member)
{
    return R"({"organisation":"CRMDEMO","username":"nobody","password":"x",)" + std::string{member} + "}";
}

std::string user(std::string_view name)
{
    return R"({"organisation":"CRMDEMO","password":"x","username":")" + std::string{name} + R"("})";
}

std::string password(std::string_view secret)
{
    return R"({"organisation":"CRMDEMO","username":"nobody","password":")" + std::string{secret} + R"("})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_members_, *boost::unit_test::fixture<served<reading_json>>())

BOOST_AUTO_TEST_CASE(a_name_that_comes_twice_is_refused_however_it_is_spelt)
{
    check_bodies({
        {login_with(R"("username":"nobody")")},
        {login_with(R"("username":null)")},
        {login_with(R"("\u0075sername":"mpadministrator")")},
        {login_with(R"("passwor\u0064":"1234")")},
        {R"({"a":1,"a":1})"},
        {R"({"":1,"":1})"},
        {R"({"a":{"b":1,"b":1}})"},
        {R"({"a":[{"b":1,"b":1}]})"},
        {R"({"a\/b":1,"a/b":1})"},
        {R"({"\u00e9":1,"é":1})"},
        {R"({"\ud83d\ude00":1,"😀":1})"},
        {R"({"a\u0000":1,"a\u0000":1})"},
        {R"({"access_token_identifier":{"authentication_code":"1","authentication_code":"1"},)"
         R"("organisation":"CRMDEMO"})"},
        // No duplicates: another case, another object, another character behind NUL.
        {login_with(R"("Username":"x")"), "INVALID_CREDENTIALS"},
        {login_with(R"("x":{"username":"x"})"), "INVALID_CREDENTIALS"},
        {login_with(R"("x":[{"a":1},{"a":1}])"), "INVALID_CREDENTIALS"},
        {login_with(R"("username\u0000":"x","username\u0000y":"x")"), "INVALID_CREDENTIALS"},
    });
}

BOOST_AUTO_TEST_CASE(nothing_is_coerced)
{
    std::vector<body> bodies;
    for (auto const value : {"1", "0", "-1", "1.5", "1e3", "true", "false", "[]", "{}", R"(["x"])", R"({"x":"y"})",
                             "[null]", "123456789012345678901234567890", "1e400", "-0"})
    {
        bodies.push_back(
            {R"({"organisation":"CRMDEMO","password":"x","username":)"s + value + "}", "INVALID_PARAMETER"});
        bodies.push_back(
            {R"({"organisation":"CRMDEMO","username":"x","password":)"s + value + "}", "INVALID_PARAMETER"});
        bodies.push_back({R"({"username":"x","password":"x","organisation":)"s + value + "}", "INVALID_PARAMETER"});
        bodies.push_back({login_with(R"("unit":)"s + value), "INVALID_PARAMETER"});
    }
    for (auto const value : {"1", "true", "[]", R"("x")", "[{}]"})
        bodies.push_back(
            {R"({"organisation":"CRMDEMO","access_token_identifier":)"s + value + "}", "INVALID_PARAMETER"});
    check_bodies(bodies);
}

BOOST_AUTO_TEST_CASE(control_characters_are_refused_in_names_and_nul_in_secrets)
{
    std::vector<body> bodies;
    for (auto const character : {"\\u0000", "\\u0001", "\\t", "\\n", "\\r", "\\b", "\\f", "\\u001f", "\\u007f", "\x7f"})
    {
        bodies.push_back({user("a"s + character), "INVALID_PARAMETER"});
        bodies.push_back({user(character + "a"s), "INVALID_PARAMETER"});
    }
    bodies.push_back({password("\\u0000"), "INVALID_PARAMETER"});
    bodies.push_back({password("1234\\u0000"), "INVALID_PARAMETER"});
    bodies.push_back({password("\\u00001234"), "INVALID_PARAMETER"});
    for (auto const character :
         {"\\u0001", "\\t", "\\n", "\\u007f", "\x7f", "\\u0080", "\xc2\x80", "😀", "\\ud83d\\ude00"})
        bodies.push_back({password("a"s + character), "INVALID_CREDENTIALS"});
    for (auto const name : {"é", "\\u00e9", "名前", "\\ud83d\\ude00", "😀", "\\u0080", "a b", " ", "\\\\", R"(\")",
                            "\\/", "*", "a,b=c", "(&)", "../x", "%00", "$6$x$", ":"})
        bodies.push_back({user(name), "INVALID_CREDENTIALS"});
    check_bodies(bodies);
}

BOOST_AUTO_TEST_CASE(unknown_members_may_hold_anything)
{
    std::vector<body> bodies;
    for (auto const member :
         {R"("x":1)", R"("x":-0)", R"("x":1e400)", R"("x":1e-400)", R"("x":123456789012345678901234567890123456789)",
          R"("x":0.000000000000000000000000000000000000001)", R"("x":null)", R"("x":[])", R"("x":[[[[[[[]]]]]]])",
          R"("x":{"y":{"z":[true,false,null]}})", R"("":"")", R"("x":"\u0000")", R"("\u0000":1)", R"("__proto__":{})",
          R"("constructor":{"prototype":{}})", R"("x":"\ud83d\ude00")", R"("x":"￿")", "\"x\" :\t1\r\n"})
        bodies.push_back({login_with(member), "INVALID_CREDENTIALS"});
    bodies.push_back({login_with(R"("x":)" + std::string(4000, '9')), "INVALID_CREDENTIALS"});
    bodies.push_back({login_with(R"("x":")" + std::string(15000, 'y') + R"(")"), "INVALID_CREDENTIALS"});
    bodies.push_back({login_with(R"("x":[)" + std::string(7000, ' ') + "]"), "INVALID_CREDENTIALS"});
    bodies.push_back({std::string(10000, ' ') + login_with(R"("x":1)"), "INVALID_CREDENTIALS"});
    check_bodies(bodies);
}

BOOST_AUTO_TEST_CASE(depth_without_end_is_refused)
{
    check_bodies({
        {std::string(16384, '{')},
        {std::string(16384, '[')},
        {R"({"a":)" + std::string(16000, '[')},
        {R"({"a":)" + std::string(8000, '[') + std::string(8000, ']') + "}"},
        {login_with(R"("x":[[[[[[[[]]]]]]]])")},
    });
    std::string objects;
    for (int i = 0; i < 3000; ++i)
        objects += R"({"":)";
    check_bodies({{objects}});
}

BOOST_AUTO_TEST_SUITE_END()
