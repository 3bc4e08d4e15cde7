#include "journal/entry.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace tokend;

namespace {

constexpr std::uint64_t seed = 0x1234'5678'9abc'def0;
using bytes = std::vector<std::byte>;

journal_entry const issue{.kind = entry_kind::issue,
                          .a = 0xffff'ffff'ffff'ffff,
                          .b = 2,
                          .issued = 1'800'000'000,
                          .expires = 0xffff'ffff,
                          .serial = (std::uint64_t{1} << 56) - 1,
                          .address = 77};

bytes written(journal_entry const& entry, std::uint64_t position = 7)
{
    bytes out(journal_unit::count_of(entry) * journal_unit::size);
    journal_unit::write(out.data(), entry);
    BOOST_TEST(journal_unit::seal(out.data(), seed, position) == journal_unit::count_of(entry));
    return out;
}

bool reads(bytes const& from, std::uint64_t with = seed, std::uint64_t position = 7)
{
    journal_entry out;
    return journal_unit::read(from, with, position, out);
}

// Flips every bit of the units in turn.
std::size_t flips_not_noticed(bytes units)
{
    std::size_t missed = 0;
    for (std::size_t bit = 0; bit < units.size() * 8; ++bit)
    {
        auto& byte = units[bit / 8];
        byte ^= std::byte{1} << bit % 8;
        missed += reads(units);
        byte ^= std::byte{1} << bit % 8;
    }
    return missed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(entry_)

BOOST_AUTO_TEST_CASE(a_token_is_read_as_it_was_written)
{
    journal_entry out;
    BOOST_REQUIRE(journal_unit::read(written(issue), seed, 7, out));
    BOOST_TEST((out.kind == issue.kind && out.a == issue.a && out.b == issue.b && out.serial == issue.serial));
    BOOST_TEST((out.issued == issue.issued && out.expires == issue.expires && out.units == 1U));
    BOOST_TEST(out.address == 77U);
}

BOOST_AUTO_TEST_CASE(a_record_is_read_as_it_was_written_whatever_its_length)
{
    for (std::size_t length : {1U, 47U, 48U, 49U, 96U, 8192U})
    {
        std::string const text(length, 'x');
        auto const units = written({.kind = entry_kind::record, .serial = 5, .bytes = text});
        BOOST_TEST(units.size() == journal_unit::count(length) * journal_unit::size);
        journal_entry out;
        BOOST_REQUIRE(journal_unit::read(units, seed, 7, out));
        BOOST_TEST((std::string{out.bytes.begin(), out.bytes.end()} == text && out.serial == 5U));
        BOOST_TEST(out.units == journal_unit::count(length));
    }
}

BOOST_AUTO_TEST_CASE(a_record_of_no_bytes_is_written_though_its_span_is_null)
{
    auto const units = written({.kind = entry_kind::record, .serial = 5, .bytes = {}});
    journal_entry out;
    BOOST_REQUIRE(journal_unit::read(units, seed, 7, out));
    BOOST_TEST((out.bytes.empty() && out.serial == 5U && out.units == 1U));
}

BOOST_AUTO_TEST_CASE(an_entry_that_was_moved_to_another_place_is_sealed_anew)
{
    auto units = written({.kind = entry_kind::end, .a = 1, .b = 2});
    BOOST_TEST(reads(units));
    BOOST_TEST(journal_unit::is_end(units.data()));
    BOOST_TEST(journal_unit::seal(units.data(), seed, 8) == 1U);
    BOOST_TEST(!reads(units));
    BOOST_TEST(reads(units, seed, 8));
}

BOOST_AUTO_TEST_CASE(an_entry_is_none_at_another_place_or_under_another_seed)
{
    auto const units = written(issue);
    BOOST_TEST(reads(units));
    BOOST_TEST(!reads(units, seed, 8));
    BOOST_TEST(!reads(units, seed + 1));
    BOOST_TEST(!reads(units, ~seed));
}

BOOST_AUTO_TEST_CASE(zeros_are_no_entry)
{
    BOOST_TEST(!reads(bytes(400)));
    BOOST_TEST(!reads(bytes(400), 0, 0));
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_noticed)
{
    BOOST_TEST(flips_not_noticed(written(issue)) == 0U);
    // Behind the bytes a unit is filled up with what nobody reads: a whole number of units.
    BOOST_TEST(flips_not_noticed(written({.kind = entry_kind::record, .serial = 5, .bytes = std::string(96, 'x')})) ==
               0U);
}

BOOST_AUTO_TEST_CASE(what_is_cut_off_is_no_entry)
{
    auto const units = written({.kind = entry_kind::record, .serial = 5, .bytes = std::string(100, 'x')});
    for (std::size_t length = 0; length < units.size(); ++length)
        BOOST_TEST(!reads({units.begin(), units.begin() + static_cast<std::ptrdiff_t>(length)}));
}

BOOST_AUTO_TEST_SUITE_END()
