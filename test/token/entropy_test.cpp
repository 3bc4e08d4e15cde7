#include "token/entropy.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(entropy_)

BOOST_AUTO_TEST_CASE(draws_are_distinct_within_a_block_and_across_blocks_and_sources)
{
    constexpr std::size_t draws = 10'000;  // of 16 bytes: 40 blocks
    std::set<std::array<unsigned char, 16>> seen;
    entropy first;
    entropy second;
    for (std::size_t i = 0; i < draws; ++i)
        for (auto* source : {&first, &second})
        {
            std::array<unsigned char, 16> bytes;
            BOOST_REQUIRE(source->draw(bytes));
            seen.insert(bytes);
        }
    BOOST_TEST(seen.size() == 2 * draws);
}

BOOST_AUTO_TEST_CASE(a_draw_may_cross_blocks_and_be_longer_than_one)
{
    entropy source;
    for (std::size_t const length : {4095U, 7U, 10'000U, 0U, 1U})
    {
        std::vector<unsigned char> bytes(length + 1, 0);
        BOOST_REQUIRE(source.draw(std::span{bytes}.first(length)));
        BOOST_TEST(bytes.back() == 0);  // never behind the end
        // 16 zeros in a row: once in 10^34 runs.
        std::vector<unsigned char> const gap(16, 0);
        BOOST_TEST((std::search(bytes.begin(), bytes.end(), gap.begin(), gap.end()) == bytes.end()));
    }
}

BOOST_AUTO_TEST_CASE(every_bit_is_set_about_half_the_time)
{
    constexpr int draws = 100'000;
    entropy source;
    std::array<int, 128> ones{};
    for (int i = 0; i < draws; ++i)
    {
        std::array<unsigned char, 16> bytes;
        BOOST_REQUIRE(source.draw(bytes));
        for (std::size_t bit = 0; bit < ones.size(); ++bit)
            ones[bit] += bytes[bit / 8] >> (bit % 8) & 1;
    }
    for (auto const count : ones)  // ten standard deviations
        BOOST_TEST((count > draws / 2 - 1600 && count < draws / 2 + 1600));
}

BOOST_AUTO_TEST_SUITE_END()
