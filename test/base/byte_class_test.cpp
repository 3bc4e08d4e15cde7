#include "base/byte_class.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(byte_class_)

BOOST_AUTO_TEST_CASE(a_span_ends_at_the_first_of_the_others_wherever_it_is)
{
    auto const others = [](byte_block b) { return b.are_below(0x20) | b.are('"'); };
    for (std::size_t size = 0; size <= 40; ++size)
    {
        std::string const plain(size, 'a');
        BOOST_TEST(span_by_blocks(plain, others) == size);
        for (std::size_t first = 0; first < size; ++first)
            for (std::size_t second = first; second < size; ++second)
            {
                auto text = plain;
                text[first] = '"';
                text[second] = '\0';
                BOOST_TEST(span_by_blocks(text, others) == first);
            }
    }
}

BOOST_AUTO_TEST_CASE(bytes_of_both_halves_of_the_table_are_told_apart)
{
    auto const others = [](byte_block b) { return b.are_above(0x7e) | b.are_below(0x21); };
    for (int byte = 0; byte < 256; ++byte)
        BOOST_TEST(span_by_blocks(std::string(1, static_cast<char>(byte)), others) ==
                   (byte > 0x20 && byte < 0x7f ? 1U : 0U));
}

BOOST_AUTO_TEST_SUITE_END()
