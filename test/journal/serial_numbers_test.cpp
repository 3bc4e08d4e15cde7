#include "journal/serial_numbers.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <random>
#include <vector>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(serial_numbers_)

BOOST_AUTO_TEST_CASE(in_an_empty_row_there_is_none)
{
    serial_numbers const numbers{{}};
    BOOST_TEST(numbers(0) == 0U);
    BOOST_TEST(numbers(1) == 0U);
}

// Counted ones, in several openings, and any; some of them twice.
BOOST_AUTO_TEST_CASE(each_record_is_found_by_its_serial_the_last_of_several_and_no_other)
{
    std::mt19937_64 random{4};
    std::vector<journal_record> row;
    std::map<std::uint64_t, std::uint32_t> known;
    for (std::uint32_t number = 1; number <= 3000; ++number)
    {
        auto const opening = std::uint64_t{random() % 3} << 36;
        auto const serial = number % 2 != 0 ? opening | random() % 2000 : random() >> 8;
        row.push_back({serial, {}});
        known[serial] = number;
    }
    serial_numbers const numbers{row};
    for (auto const& [serial, number] : known)
    {
        BOOST_TEST(numbers(serial) == number);
        BOOST_TEST(numbers(serial + 1) == (known.contains(serial + 1) ? known[serial + 1] : 0));
    }
}

BOOST_AUTO_TEST_SUITE_END()
