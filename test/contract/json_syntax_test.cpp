// Bodies that are not one JSON object in UTF-8, in all the ways that readers have accepted by mistake.
#include "contract/json_bodies.hpp"

#include <boost/test/unit_test.hpp>

#include <span>

using namespace tokend::test;
using namespace std::literals;

namespace {

// Not one object, or more than one object.
constexpr std::string_view no_object[] = {"",
                                          " ",
                                          "\r\n",
                                          "{",
                                          "}",
                                          "[",
                                          "]",
                                          "{}{}",
                                          "{} {}",
                                          "{},",
                                          "{}x",
                                          "{}\0"sv,
                                          "[{}]",
                                          "[]",
                                          R"("")",
                                          R"("{}")",
                                          "0",
                                          "-1",
                                          "1e5",
                                          "true",
                                          "false",
                                          "null",
                                          "nul",
                                          "undefined",
                                          "NaN",
                                          "x",
                                          "{]",
                                          "[}",
                                          "({})",
                                          "<a/>",
                                          "a=b",
                                          "{}//",
                                          "{}/**/",
                                          "/**/{}",
                                          "#\n{}",
                                          "\xef\xbb\xbf{}"sv,
                                          "\xfe\xff\x00{\x00}"sv,
                                          "\xff\xfe{\x00}\x00"sv,
                                          "{\x00}\x00"sv,
                                          "\0{}"sv,
                                          "\x0b{}",
                                          "\x0c{}",
                                          "\xc2\xa0{}",
                                          "\xe2\x80\xa8{}"};

// RFC 8259 sections 2 to 6.
constexpr std::string_view no_grammar[] = {"{,}",
                                           R"({"a"})",
                                           R"({"a":})",
                                           R"({"a":1,})",
                                           R"({,"a":1})",
                                           R"({"a":1,,"b":2})",
                                           R"({"a" 1})",
                                           R"({"a":1 "b":2})",
                                           R"({"a":1;"b":2})",
                                           R"({"a"=1})",
                                           R"({"a"::1})",
                                           "{a:1}",
                                           "{'a':1}",
                                           "{1:1}",
                                           "{null:1}",
                                           R"({"a":'b'})",
                                           R"({"a":b})",
                                           R"({"a":True})",
                                           R"({"a":TRUE})",
                                           R"({"a":tru})",
                                           R"({"a":truefalse})",
                                           R"({"a":nulll})",
                                           R"({"a":NaN})",
                                           R"({"a":Infinity})",
                                           R"({"a":-Infinity})",
                                           R"({"a":undefined})",
                                           R"({"a":[1,]})",
                                           R"({"a":[,1]})",
                                           R"({"a":[1 2]})",
                                           R"({"a":[1})",
                                           R"({"a":{]})",
                                           R"({"a":1])",
                                           R"({/*c*/"a":1})",
                                           "{\"a\":1//c\n}",
                                           R"({"a":1}})",
                                           R"({"a":(1)})",
                                           R"({"a":0x1})",
                                           R"({"a":01})",
                                           R"({"a":-01})",
                                           R"({"a":+1})",
                                           R"({"a":.1})",
                                           R"({"a":1.})",
                                           R"({"a":-})",
                                           R"({"a":1e})",
                                           R"({"a":1e+})",
                                           R"({"a":1.e1})",
                                           R"({"a":--1})",
                                           R"({"a":1_0})",
                                           R"({"a":1,2})",
                                           R"({"a":1 0})",
                                           R"({"a":0b1})"};

// RFC 8259 section 7.
constexpr std::string_view no_string[] = {R"({"a":"b})",
                                          R"({"a:1})",
                                          R"({"a":"\"})",
                                          "{\"a\":\"\n\"}",
                                          "{\"a\":\"\r\"}",
                                          "{\"a\":\"\t\"}",
                                          "{\"a\":\"\0\"}"sv,
                                          "{\"a\":\"\x01\"}",
                                          "{\"a\":\"\x1f\"}",
                                          "{\"a\n\":1}",
                                          R"({"a":"\x41"})",
                                          R"({"a":"\a"})",
                                          R"({"a":"\0"})",
                                          R"({"a":"\'"})",
                                          R"({"a":"\U0041"})",
                                          R"({"a":"\u"})",
                                          R"({"a":"\u0"})",
                                          R"({"a":"\u00"})",
                                          R"({"a":"\u004"})",
                                          R"({"a":"\u004g"})",
                                          R"({"a":"\u+041"})",
                                          R"({"a":"\u{41}"})",
                                          R"({"a":"\ud800"})",
                                          R"({"a":"\udc00"})",
                                          R"({"a":"\ud800\ud800"})",
                                          R"({"a":"\udc00\ud800"})",
                                          R"({"a":"\ud800x"})",
                                          R"({"a":"\ud800\n"})",
                                          R"({"a":"\ud800\u0041"})",
                                          R"({"\ud800":1})"};

// RFC 3629: stray and missing continuation bytes, overlong forms, surrogates, beyond U+10FFFF, bytes never used.
constexpr std::string_view no_utf8[] = {"\x80",
                                        "\xbf",
                                        "\xc3",
                                        "\xc3(",
                                        "\xe2\x82",
                                        "\xe2(\xac",
                                        "\xf0\x9f\x98",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xe0\x80\x80",
                                        "\xe0\x9f\xbf",
                                        "\xf0\x80\x80\x80",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xed\xa0\x80",
                                        "\xed\xbf\xbf",
                                        "\xed\xa0\xbd\xed\xb8\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xf8\x88\x80\x80\x80",
                                        "\xfe",
                                        "\xff"};

std::vector<body> refused(std::span<std::string_view const> texts)
{
    std::vector<body> bodies;
    for (auto const text : texts)
        bodies.push_back({std::string{text}});
    return bodies;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_syntax_, *boost::unit_test::fixture<served<reading_json>>())

BOOST_AUTO_TEST_CASE(what_is_not_one_object_is_refused) { check_bodies(refused(no_object)); }

BOOST_AUTO_TEST_CASE(what_breaks_the_grammar_is_refused) { check_bodies(refused(no_grammar)); }

BOOST_AUTO_TEST_CASE(strings_that_are_none_are_refused) { check_bodies(refused(no_string)); }

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf_8_are_refused_in_names_and_values)
{
    std::vector<body> bodies;
    for (auto const bytes : no_utf8)
    {
        bodies.push_back({"{\"a\":\"" + std::string{bytes} + "\"}"});
        bodies.push_back({"{\"" + std::string{bytes} + "\":1}"});
    }
    check_bodies(bodies);
}

BOOST_AUTO_TEST_SUITE_END()
