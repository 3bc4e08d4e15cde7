#include "table/siphash.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <vector>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(siphash_)

// The reference implementation's vectors: key 00 01 ... 0f, message 00 01 ..., of these lengths.
BOOST_AUTO_TEST_CASE(it_agrees_with_the_published_vectors)
{
    std::array<std::uint64_t, 2> const key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
    auto const hash_of_length = [&](std::size_t length) {
        std::vector<char> message(length);
        for (std::size_t i = 0; i < length; ++i)
            message[i] = static_cast<char>(i);
        return siphash(key, message);
    };
    BOOST_TEST(hash_of_length(0) == 0x726fdb47dd0e0e31U);
    BOOST_TEST(hash_of_length(1) == 0x74f839c593dc67fdU);
    BOOST_TEST(hash_of_length(8) == 0x93f5f5799a932462U);
    BOOST_TEST(hash_of_length(15) == 0xa129ca6149be45e5U);
    BOOST_TEST(hash_of_length(63) == 0x958a324ceb064572U);
}

BOOST_AUTO_TEST_SUITE_END()
