#include "table/record_names.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

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

BOOST_AUTO_TEST_CASE(it_gives_memory_back_and_takes_it_again)
{
    record_names names;
    std::size_t const many = 10'000;
    for (int round = 0; round < 3; ++round)
    {
        for (std::uint32_t i = 1; i <= many; ++i)
            BOOST_REQUIRE(names.insert(i * 7ULL, 0, i));
        BOOST_TEST(names.bytes_used() <= many * record_names::most_bytes_each);
        for (std::uint32_t i = 1; i <= many; ++i)
        {
            BOOST_REQUIRE_EQUAL(names.find(i * 7ULL, 0), i);
            names.erase(i * 7ULL, 0);
            BOOST_REQUIRE(names.bytes_used() <=
                          names.size() * record_names::most_bytes_each + record_names::least_bytes);
        }
        BOOST_TEST(names.bytes_used() == record_names::least_bytes);
    }
}

BOOST_AUTO_TEST_SUITE_END()
