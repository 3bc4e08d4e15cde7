#include "table/records.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace tokend;

namespace {

constexpr records_options small{.bytes = 16 * 1024, .stripes = 2};
constexpr std::size_t small_cells = small.bytes / 64 - 1;  // the first is never used

std::string read(records const& kept, std::uint32_t record)
{
    std::vector<char> out(max_principal_bytes);
    return {out.data(), kept.copy(record, out.data())};
}

// Takes a whole number of cells, its keeper's included.
std::string filler(std::size_t cells, std::size_t number)
{
    auto text = std::to_string(number);
    text.resize((cells - 1) * 64 - 8, '.');
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(records_)

BOOST_AUTO_TEST_CASE(equal_principals_share_a_record_and_others_do_not)
{
    records kept{small};
    auto const first = kept.hold(std::string{"alice"});
    BOOST_TEST(first != 0U);
    BOOST_TEST(kept.hold(std::string{"alice"}) == first);
    auto const other = kept.hold(std::string{"bob"});
    BOOST_TEST(other != first);
    BOOST_TEST(read(kept, first) == "alice");
    BOOST_TEST(read(kept, other) == "bob");
    BOOST_TEST(kept.size() == 2U);
    BOOST_TEST(kept.tokens() == 3U);
}

BOOST_AUTO_TEST_CASE(a_record_goes_with_its_last_token_and_its_cells_are_used_again)
{
    records kept{small};
    auto const first = kept.hold(std::string{"alice"});
    kept.hold(std::string{"alice"});
    kept.release(first);
    BOOST_TEST(kept.size() == 1U);
    BOOST_TEST(read(kept, first) == "alice");
    kept.release(first);
    BOOST_TEST(kept.size() == 0U);
    BOOST_TEST(kept.tokens() == 0U);
    BOOST_TEST(kept.hold(std::string{"carol"}) == first);
    BOOST_TEST(read(kept, first) == "carol");
}

BOOST_AUTO_TEST_CASE(every_length_up_to_the_longest_is_kept)
{
    records kept{{.bytes = 1 << 20}};
    for (std::size_t length : {1, 7, 8, 9, 55, 56, 57, 119, 120, 121, 1000, 8184, 8191, 8192})
    {
        std::string bytes(length, 'x');
        bytes.back() = 'y';
        auto const record = kept.hold(bytes);
        BOOST_REQUIRE(record != 0U);
        BOOST_TEST(read(kept, record) == bytes);
    }
}

BOOST_AUTO_TEST_CASE(it_is_full_at_its_last_cell_and_known_principals_are_still_held)
{
    records kept{small};
    constexpr std::size_t fitting = small_cells / 3;
    for (std::size_t i = 0; i < fitting; ++i)
        BOOST_REQUIRE(kept.hold(filler(3, i)) != 0U);
    BOOST_TEST(kept.hold(filler(3, fitting)) == 0U);
    BOOST_TEST(kept.hold(filler(3, 0)) != 0U);
    BOOST_TEST(kept.size() == fitting);
}

BOOST_AUTO_TEST_CASE(a_larger_free_block_serves_when_there_is_no_other_and_stays_large)
{
    records kept{small};
    auto const large = kept.hold(filler(small_cells / 2, 0));
    while (kept.hold(filler(2, kept.size())) != 0)
        ;
    kept.release(large);
    auto const in_large = kept.hold(std::string{"dave"});
    BOOST_TEST(in_large == large);
    BOOST_TEST(kept.hold(std::string{"erin"}) == 0U);
    kept.release(in_large);
    BOOST_TEST(kept.hold(filler(small_cells / 2, 1)) == large);
}

BOOST_AUTO_TEST_CASE(many_are_told_apart_and_removed_in_any_order)
{
    records kept{{.bytes = 1 << 20, .stripes = 4}};
    std::vector<std::uint32_t> held;
    for (std::size_t i = 0; i < 5000; ++i)
        held.push_back(kept.hold(std::to_string(i)));
    for (std::size_t i = 0; i < held.size(); ++i)
        BOOST_REQUIRE_EQUAL(read(kept, held[i]), std::to_string(i));
    for (std::size_t i = 0; i < held.size(); i += 3)
        kept.release(held[i]);
    for (std::size_t i = 0; i < held.size(); ++i)
        if (i % 3 != 0)
            BOOST_REQUIRE_EQUAL(kept.hold(std::to_string(i)), held[i]);
    BOOST_TEST(kept.size() == 5000U - 1667U);
}

BOOST_AUTO_TEST_CASE(room_that_cannot_hold_one_principal_is_refused)
{
    BOOST_CHECK_THROW(records{{.bytes = 8192}}, std::invalid_argument);
    BOOST_CHECK_THROW(records{{.bytes = std::size_t{1} << 39}}, std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
