#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(text_)

BOOST_AUTO_TEST_CASE(durations_have_a_unit_and_nothing_is_guessed)
{
    BOOST_TEST((parse_duration("250ms") == 250ms));
    BOOST_TEST((parse_duration("15m") == 15min));
    BOOST_TEST((parse_duration("1d") == 24h));
    for (auto const* bad : {"", "5", "s", "-1s", "1.5s", "1 s", "1S", "99999999999999999999s", "1001d"})
        BOOST_TEST(!parse_duration(bad), bad);
}

BOOST_AUTO_TEST_CASE(a_duration_is_written_in_its_largest_whole_unit)
{
    BOOST_TEST(format_duration(90s) == "90s");
    BOOST_TEST(format_duration(15min) == "15m");
    BOOST_TEST(format_duration(0ms) == "0s");
    BOOST_TEST(format_duration(1500ms) == "1500ms");
}

BOOST_AUTO_TEST_CASE(sizes_count_in_powers_of_1024)
{
    BOOST_TEST((parse_size("16k") == 16384U));
    BOOST_TEST((parse_size("7") == 7U));
    BOOST_TEST(!parse_size("18446744073709551615g"));
    BOOST_TEST(!parse_size("16K"));
}

BOOST_AUTO_TEST_CASE(words_are_joined_with_what_stands_between_and_around_them)
{
    using words = std::vector<std::string>;
    BOOST_TEST(join(words{}, ", ") == "");
    BOOST_TEST(join(words{"a"}, ", ") == "a");
    BOOST_TEST(join(words{"a", "b", "c"}, ", ") == "a, b, c");
    BOOST_TEST(join(words{"", "b", ""}, ":") == ":b:");
    BOOST_TEST(join(split_list("listen tokens"), ", ", "[", "]") == "[listen], [tokens]");
}

BOOST_AUTO_TEST_CASE(lists_split_at_commas_and_white_space)
{
    auto const items = split_list(" a, b\tc,,");
    BOOST_TEST(items.size() == 3U);
    BOOST_TEST(items[2] == "c");
    BOOST_TEST(split_list(" , ").empty());
}

BOOST_AUTO_TEST_CASE(base64_has_one_text_for_each_value)
{
    BOOST_TEST((parse_base64("YTpi") == "a:b"));
    BOOST_TEST((parse_base64("YQ==") == "a"));
    for (auto const* bad : {"YQ=", "YQ", "YR==", "Y-==", "====", "YQ==YQ=="})
        BOOST_TEST(!parse_base64(bad), bad);
}

BOOST_AUTO_TEST_CASE(folding_touches_ascii_letters_alone)
{
    BOOST_TEST(fold("AbC-\xc3\x84") == "abc-\xc3\x84");
    BOOST_TEST(equal_folded("CRMDEMO", "crmDemo"));
    BOOST_TEST(!equal_folded("a", "ab"));
    BOOST_TEST(fold_name(" John \t  Q.  Public\t") == "john q. public");
    BOOST_TEST(fold_name(" \t ") == "");
}

BOOST_AUTO_TEST_CASE(utf_8_is_well_formed_or_it_is_not)
{
    for (auto const* good : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"})
        BOOST_TEST(is_utf8(good), good);
    for (auto const* bad :
         {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "a\xe2\x82"})
        BOOST_TEST(!is_utf8(bad), bad);
}

BOOST_AUTO_TEST_CASE(a_text_is_cut_between_two_characters)
{
    BOOST_TEST(first_characters("abc", 2) == "ab");
    BOOST_TEST(first_characters("abc", 3) == "abc");
    BOOST_TEST(first_characters("abc", 9) == "abc");
    BOOST_TEST(first_characters("a\xc3\xa9", 2) == "a");
    BOOST_TEST(first_characters("a\xc3\xa9", 3) == "a\xc3\xa9");
    for (std::size_t most = 1; most < 5; ++most)
        BOOST_TEST(first_characters("a\xf0\x9f\x98\x80", most) == "a");
    BOOST_TEST(first_characters("\xc3\xa9", 1) == "");
    BOOST_TEST(first_characters("", 1) == "");
    BOOST_TEST(first_characters("\x80\x80\x80\x80\x80\x80", 5).size() == 2U);  // no text
}

BOOST_AUTO_TEST_CASE(times_are_written_as_rfc_3339)
{
    BOOST_TEST(format_rfc3339(std::chrono::sys_seconds{1795499460s}) == "2026-11-24T05:51:00Z");
}

BOOST_AUTO_TEST_CASE(amounts_of_memory_are_rounded_upwards)
{
    BOOST_TEST(format_rounded(0) == "0.0 MB");
    BOOST_TEST(format_rounded(1) == "0.1 MB");
    BOOST_TEST(format_rounded(17'000'000) == "17.0 MB");
    BOOST_TEST(format_rounded(17'000'001) == "17.1 MB");
    BOOST_TEST(format_rounded(999'900'000) == "999.9 MB");
    BOOST_TEST(format_rounded(999'900'001) == "1.0 GB");
    BOOST_TEST(format_rounded(1'200'000'001) == "1.3 GB");
}

BOOST_AUTO_TEST_SUITE_END()
