#include "base/text_buffer.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(text_buffer_)

BOOST_AUTO_TEST_CASE(pieces_stand_one_behind_the_other)
{
    text_buffer text;
    text.append("a", 'b', std::array{'c', 'd'}, std::string_view{}).append(std::string{"e"});
    BOOST_TEST(text.view() == "abcde");
    text.append_number(-7).append_number(std::numeric_limits<std::uint64_t>::max());
    BOOST_TEST(text.view() == "abcde-718446744073709551615");
    text.append_number(std::numeric_limits<std::int64_t>::min());
    BOOST_TEST(text.view().ends_with("-9223372036854775808"));
}

BOOST_AUTO_TEST_CASE(growth_keeps_what_is_there)
{
    text_buffer text;
    std::string expected;
    for (int i = 0; i < 10'000; ++i)
    {
        text.append("ab", static_cast<char>('0' + i % 10));
        expected += "ab";
        expected += static_cast<char>('0' + i % 10);
    }
    BOOST_TEST(text.view() == expected);
}

BOOST_AUTO_TEST_CASE(a_cut_keeps_the_front_and_wipes_the_rest)
{
    text_buffer text;
    text.append("front secret");
    auto const* const secret = text.view().data() + 6;
    text.cut(100);
    BOOST_TEST(text.view() == "front secret");
    text.cut(6);
    BOOST_TEST(text.view() == "front ");
    BOOST_TEST(std::string_view(secret, 6) == std::string_view("\0\0\0\0\0\0", 6));
}

BOOST_AUTO_TEST_CASE(wiping_leaves_nothing)
{
    text_buffer text;
    text.append("secret");
    auto const* const place = text.view().data();
    text.wipe();
    BOOST_TEST(text.empty());
    BOOST_TEST(std::string_view(place, 6) == std::string_view("\0\0\0\0\0\0", 6));
}

BOOST_AUTO_TEST_SUITE_END()
