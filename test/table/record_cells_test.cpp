#include "table/record_cells.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace tokend;

namespace {

constexpr std::size_t small = 16 * 1024;
constexpr std::size_t small_cells = small / 64 - 1;  // the first is never used

std::string read(record_cells const& kept, std::uint32_t record)
{
    std::vector<char> out(max_principal_bytes);
    return {out.data(), kept.copy(record, out.data())};
}

// Takes a whole number of cells, its keeper's included.
std::string filler(std::size_t cells) { return std::string((cells - 1) * 64 - 8, '.'); }

}  // namespace

BOOST_AUTO_TEST_SUITE(record_cells_)

BOOST_AUTO_TEST_CASE(every_length_up_to_the_longest_is_kept)
{
    record_cells kept{1 << 20};
    for (std::size_t length : {1, 7, 8, 9, 55, 56, 57, 119, 120, 121, 1000, 8184, 8191, 8192})
    {
        std::string bytes(length, 'x');
        bytes.back() = 'y';
        auto const record = kept.store(bytes);
        BOOST_REQUIRE(record != 0U);
        BOOST_TEST(read(kept, record) == bytes);
    }
}

BOOST_AUTO_TEST_CASE(freed_cells_are_used_again_and_keep_their_bytes_until_then)
{
    record_cells kept{small};
    auto const first = kept.store(std::string{"alice"});
    auto const used = kept.bytes_used();
    kept.recycle(first);
    BOOST_TEST(read(kept, first) == "alice");
    BOOST_TEST(kept.store(std::string{"carol"}) == first);
    BOOST_TEST(read(kept, first) == "carol");
    BOOST_TEST(kept.bytes_used() == used);
}

BOOST_AUTO_TEST_CASE(it_is_full_at_its_last_cell)
{
    record_cells kept{small};
    for (std::size_t i = 0; i < small_cells / 3; ++i)
        BOOST_REQUIRE(kept.store(filler(3)) != 0U);
    BOOST_TEST(kept.store(filler(3)) == 0U);
}

BOOST_AUTO_TEST_CASE(a_larger_free_block_serves_when_there_is_no_other_and_stays_large)
{
    record_cells kept{small};
    auto const large = kept.store(filler(small_cells / 2));
    while (kept.store(filler(2)) != 0)
        ;
    kept.recycle(large);
    auto const in_large = kept.store(std::string{"dave"});
    BOOST_TEST(in_large == large);
    BOOST_TEST(kept.store(std::string{"erin"}) == 0U);
    kept.recycle(in_large);
    BOOST_TEST(kept.store(filler(small_cells / 2)) == large);
}

BOOST_AUTO_TEST_CASE(room_that_cannot_hold_one_principal_is_refused)
{
    BOOST_CHECK_THROW(record_cells{8192}, std::invalid_argument);
    BOOST_CHECK_THROW(record_cells{std::size_t{1} << 39}, std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
