#include "table/keyed_hash.hpp"
#include "table/record_names.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <set>
#include <string>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(record_names_)

// Few different low bits, so that entries run into each other and around the end.
BOOST_AUTO_TEST_CASE(it_agrees_with_a_map_whatever_comes_and_goes)
{
    record_names names;
    std::map<std::uint64_t, std::uint32_t> model;
    std::minstd_rand random{3};
    for (std::uint32_t i = 1; i <= 50'000; ++i)
    {
        auto const name = random() % 300 | std::uint64_t{random() % 3} << 40;
        if (model.contains(name))
        {
            names.erase(name, 7ULL << 32);
            model.erase(name);
        }
        else
        {
            BOOST_REQUIRE(names.insert(name, 7ULL << 32, i));
            model[name] = i;
        }
        auto const other = random() % 300 | std::uint64_t{random() % 3} << 40;
        BOOST_REQUIRE_EQUAL(names.find(other, 7ULL << 32), model.contains(other) ? model[other] : 0U);
    }
    for (auto const& [name, record] : model)
        BOOST_REQUIRE_EQUAL(names.find(name, 7ULL << 32), record);
}

BOOST_AUTO_TEST_CASE(one_name_of_two_owners_is_two)
{
    record_names names;
    BOOST_TEST(names.find(5, 1ULL << 32) == 0U);
    BOOST_REQUIRE(names.insert(5, 1ULL << 32, 10));
    BOOST_REQUIRE(names.insert(5, 2ULL << 32, 20));
    BOOST_TEST(names.find(5, 1ULL << 32) == 10U);
    BOOST_TEST(names.find(5, 2ULL << 32) == 20U);
    names.erase(5, 1ULL << 32);
    BOOST_TEST(names.find(5, 1ULL << 32) == 0U);
    BOOST_TEST(names.find(5, 2ULL << 32) == 20U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(keyed_hash_)

BOOST_AUTO_TEST_CASE(texts_that_differ_in_a_bit_or_in_length_have_different_digests)
{
    keyed_hash const hash;
    std::set<std::uint64_t> seen;
    std::string text(200, '\0');
    seen.insert(hash.digest(text));
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit)
    {
        auto other = text;
        other[bit / 8] = static_cast<char>(1 << bit % 8);
        BOOST_TEST(seen.insert(hash.digest(other)).second);
    }
    for (std::size_t length = 0; length <= max_principal_bytes; length += length < 199 ? 1 : 111)
        BOOST_TEST((length == 200 || seen.insert(hash.digest(std::string(length, '\0'))).second));
    BOOST_TEST(hash.digest(text) == hash.digest(std::string(200, '\0')));
}

BOOST_AUTO_TEST_CASE(each_has_a_secret_of_its_own)
{
    keyed_hash const one;
    keyed_hash const other;
    BOOST_TEST(one(std::string{"alice"}) != other(std::string{"alice"}));
    BOOST_TEST(one.digest(std::string{"alice"}) != other.digest(std::string{"alice"}));
}

BOOST_AUTO_TEST_SUITE_END()
