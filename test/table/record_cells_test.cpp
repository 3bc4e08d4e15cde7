#include "table/record_cells.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace tokend;
using namespace std::literals;

namespace {

constexpr std::size_t small = 16 * 1024;
constexpr std::size_t small_cells = small / 64 - 1;  // the first is never used

std::string read(record_cells const& kept, std::uint32_t record)
{
    std::vector<char> out(max_principal_bytes);
    auto const label = kept.copy(record, out.data());
    return {out.data(), label.length()};
}

// Is charged for a whole number of cells, with its keeper.
std::string filler(std::size_t cells, char c = '.')
{
    return std::string(std::min((cells - 1) * 64 - 8, max_principal_bytes), c);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_cells_)

BOOST_AUTO_TEST_CASE(every_length_up_to_the_longest_is_kept)
{
    record_cells kept{1 << 20};
    for (std::size_t length : {1U, 7U, 8U, 9U, 55U, 56U, 57U, 119U, 120U, 121U, 1000U, 8184U, 8191U, 8192U})
    {
        std::string bytes(length, 'x');
        bytes.back() = 'y';
        auto const record = kept.store(bytes, 0);
        BOOST_REQUIRE(record != 0U);
        BOOST_TEST(read(kept, record) == bytes);
    }
}

BOOST_AUTO_TEST_CASE(freed_cells_and_keepers_are_used_again)
{
    record_cells kept{small};
    auto const first = kept.store("alice"sv, 0);
    auto const keeper = kept.label(first).keeper();
    auto const used = kept.bytes_used();
    kept.recycle(first);
    BOOST_TEST(kept.store("carol"sv, 0) == first);
    BOOST_TEST(kept.label(first).keeper() == keeper);
    BOOST_TEST(read(kept, first) == "carol");
    BOOST_TEST(kept.bytes_used() == used);
}

BOOST_AUTO_TEST_CASE(it_is_full_at_its_last_cell)
{
    record_cells kept{small};
    for (std::size_t i = 0; i < small_cells / 3; ++i)
        BOOST_REQUIRE(kept.store(filler(3), 0) != 0U);
    BOOST_TEST(kept.store(filler(3), 0) == 0U);
}

BOOST_AUTO_TEST_CASE(freed_blocks_become_records_of_any_size)
{
    record_cells kept{small};
    std::vector<std::uint32_t> records;
    for (std::size_t const cells : {std::size_t{2}, small_cells, std::size_t{5}, small_cells / 2, std::size_t{3}})
    {
        for (std::size_t i = 0; i < small_cells / cells; ++i)
        {
            auto const bytes = filler(cells, static_cast<char>('a' + i % 26));
            BOOST_REQUIRE(records.emplace_back(kept.store(bytes, 0)) != 0U);
        }
        BOOST_TEST(kept.store(filler(cells), 0) == 0U);
        for (std::size_t i = 0; i < records.size(); ++i)
            BOOST_REQUIRE(read(kept, records[i]) == filler(cells, static_cast<char>('a' + i % 26)));
        for (auto const record : records)
            kept.recycle(record);
        records.clear();
    }
    BOOST_TEST(kept.store(filler(small_cells), 0) == 1U);
}

// A keeper stays one: who writes late to the mark of a record that is gone does not write into another's bytes.
BOOST_AUTO_TEST_CASE(what_is_written_to_the_mark_or_serial_of_a_record_that_is_gone_reaches_no_bytes)
{
    record_cells kept{small};
    std::vector<record_label> gone;
    for (std::size_t i = 0; i < 20; ++i)
    {
        auto const record = kept.store(filler(2), 0);
        gone.push_back(kept.label(record));
        if (i % 2 == 0)
            kept.recycle(record);
    }
    std::string const zeros(4000, '\0');
    auto const record = kept.store(zeros, 0);
    BOOST_REQUIRE(record != 0U);
    for (auto const label : gone)
    {
        for (std::uint32_t mark = kept.last_check(label).get(); mark < 3; ++mark)
            kept.last_check(label).swap(mark, mark + 1);
        kept.serial(label).set_recorded();
    }
    BOOST_TEST(read(kept, record) == zeros);
}

// Every word that was ever written may be taken for a label by a reader that comes late.
BOOST_AUTO_TEST_CASE(a_late_copy_stays_in_its_memory_whatever_it_takes_for_a_label)
{
    record_cells kept{small};
    std::vector<std::uint32_t> ever;
    std::vector<std::uint32_t> now;
    for (std::size_t i = 0; i < small_cells / 2; ++i)
        now.push_back(kept.store(filler(2), 0));
    ever = now;
    for (auto const record : now)
        kept.recycle(record);
    std::vector<char> out(max_principal_bytes);
    BOOST_REQUIRE(kept.store(std::string(8192, '\xff'), 0) != 0U);
    for (auto const record : ever)
        BOOST_TEST(kept.copy(record, out.data()).length() <= max_principal_bytes);
    BOOST_TEST(kept.copy(ever[10], out.data()).length() == max_principal_bytes);
}

BOOST_AUTO_TEST_CASE(room_that_cannot_hold_one_principal_is_refused)
{
    BOOST_CHECK_THROW(record_cells{8192}, std::invalid_argument);
    BOOST_CHECK_THROW(record_cells{std::size_t{1} << 39}, std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
