#include "common/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using tokend::plugin::is_utf8;

BOOST_AUTO_TEST_SUITE(utf8_)

BOOST_AUTO_TEST_CASE(every_length_at_its_edges_is_well_formed)
{
    for (auto const* text : {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                             "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "a\xc3\xa9z"})
        BOOST_TEST(is_utf8(text), text);
    BOOST_TEST(is_utf8(std::string(1, '\0')));
}

BOOST_AUTO_TEST_CASE(overlong_surrogate_cut_and_stray_bytes_are_not)
{
    for (auto const* text : {"\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                             "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x92",
                             "\xc3z", "\xe2\x82z", "\xc3\xa9\xa9"})
        BOOST_TEST(!is_utf8(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
