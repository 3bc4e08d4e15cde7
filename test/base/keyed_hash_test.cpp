#include "base/keyed_hash.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(keyed_hash_)

BOOST_AUTO_TEST_CASE(texts_that_differ_in_a_bit_or_in_length_do_not_meet)
{
    keyed_hash const hash;
    std::set<std::uint64_t> seen;
    std::string text(200, '\0');
    seen.insert(hash(text));
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit)
    {
        auto other = text;
        other[bit / 8] = static_cast<char>(1 << bit % 8);
        BOOST_TEST(seen.insert(hash(other)).second);
    }
    for (std::size_t length = 0; length <= max_principal_bytes; length += length < 199 ? 1 : 111)
        BOOST_TEST((length == 200 || seen.insert(hash(std::string(length, '\0'))).second));
    BOOST_TEST(hash(text) == hash(std::string(200, '\0')));
}

// Buckets and locks are chosen by its lowest bits.
BOOST_AUTO_TEST_CASE(texts_that_are_alike_are_spread_evenly)
{
    keyed_hash const hash;
    std::array<int, 64> buckets{};
    for (int i = 0; i < 64'000; ++i)
        ++buckets[hash("ACME user " + std::to_string(i)) % buckets.size()];
    auto const [least, most] = std::ranges::minmax(buckets);
    BOOST_TEST(least > 800);  // 1000 on average, with a deviation of 32
    BOOST_TEST(most < 1200);
}

BOOST_AUTO_TEST_CASE(each_has_a_secret_of_its_own)
{
    keyed_hash const one;
    keyed_hash const other;
    BOOST_TEST(one(std::string{"alice"}) != other(std::string{"alice"}));
}

BOOST_AUTO_TEST_SUITE_END()
