#include "http/quoted.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(quoted_)

BOOST_AUTO_TEST_CASE(a_character_in_a_quoted_string_does_not_count)
{
    BOOST_TEST(find_unquoted("a;b", ';') == 1U);
    BOOST_TEST(find_unquoted(R"("a;b";c)", ';') == 5U);
    BOOST_TEST(find_unquoted(R"("a\";b";c)", ';') == 7U);
    BOOST_TEST(find_unquoted(R"(a\;b)", ';') == 2U);
    BOOST_TEST(find_unquoted("abc", ';') == 3U);
    BOOST_TEST(find_unquoted("", ';') == 0U);
}

BOOST_AUTO_TEST_CASE(a_quoted_string_without_an_end_has_no_place)
{
    for (std::string_view const text : {R"("a;b)", R"("a\)", R"("a\";b)", "a\""})
        BOOST_TEST(find_unquoted(text, ';') == text.npos, text);
}

BOOST_AUTO_TEST_SUITE_END()
