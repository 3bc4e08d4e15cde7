#include "journal/layout.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <vector>

using namespace tokend;
using layout::page;

namespace {

struct file_pages
{
    layout::header header;
    std::vector<std::byte> bytes = std::vector<std::byte>(4 * page);

    file_pages()
    {
        header.what.geometry = {.capacity = 10, .snapshot_bytes = 2 * page, .log_bytes = 3 * page};
        header.halves[0] = {.number = 1, .salt = 5, .complete = 1};
        header.halves[1] = {.number = 0, .salt = 6};
    }
    template <class Part>
    void put(std::size_t number, Part part)
    {
        layout::seal(part);
        std::memcpy(bytes.data() + number * page, &part, sizeof part);
    }
    // What is wrong with it; all is right at first.
    std::string wrong(std::size_t size = 14 * page)
    {
        layout::header out;
        return layout::read_header(std::span{bytes}.first(std::min(bytes.size(), size)), size, out);
    }
    void write()
    {
        put(0, header.what);
        put(1, header.halves[0]);
        put(2, header.halves[1]);
        put(3, header.now);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(layout_)

BOOST_AUTO_TEST_CASE(a_header_is_read_as_it_was_written)
{
    file_pages file;
    file.header.now = {.clock = 77, .openings = 3};
    file.write();
    layout::header out;
    BOOST_TEST(layout::read_header(file.bytes, 14 * page, out) == "");
    BOOST_TEST(out.file_bytes() == 14 * page);
    BOOST_TEST(out.now.clock == 77);
    BOOST_TEST(out.current() == 0U);
    BOOST_TEST(!out.other_continues());
}

BOOST_AUTO_TEST_CASE(the_newest_complete_half_is_current_and_the_other_goes_on_if_it_is_being_written)
{
    layout::header h;
    h.halves = {{{.number = 4, .complete = 1}, {.number = 5, .complete = 1}}};
    BOOST_TEST(h.current() == 1U);
    BOOST_TEST(!h.other_continues());
    h.halves[0] = {.number = 6};
    BOOST_TEST(h.current() == 1U);
    BOOST_TEST(h.other_continues());
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused_with_its_reason)
{
    file_pages file;
    file.write();
    BOOST_TEST(file.wrong() == "");
    BOOST_TEST(file.wrong(0) == "is not a tokens file");
    BOOST_TEST(file.wrong(13 * page) == "has 53248 bytes, 57344 were meant");
    BOOST_TEST(file.wrong(page) == "has 4096 bytes, 57344 were meant");
    BOOST_TEST(file.wrong(15 * page) == "has 61440 bytes, 57344 were meant");

    auto other = file;
    other.header.what.version = 3;
    other.write();
    BOOST_TEST(other.wrong() == "has layout version 3; this tokend reads version 2");

    other = file;
    other.header.what.byte_order = 0x04030201;
    other.header.what.version = 0x01000000;
    other.write();
    BOOST_TEST(other.wrong() == "was written by a machine of another byte order");

    other = file;
    other.header.halves[0].complete = 0;
    other.write();
    BOOST_TEST(other.wrong() == "is damaged in its header");

    other = file;
    other.header.halves[0].token_units = 1000;
    other.write();
    BOOST_TEST(other.wrong() == "is damaged in its header");
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_of_the_header_is_noticed)
{
    file_pages file;
    file.write();
    auto const flips_not_noticed = [&](std::size_t at, std::size_t size) {
        std::size_t missed = 0;
        for (std::size_t bit = 0; bit < size * 8; ++bit)
        {
            auto& byte = file.bytes[at + bit / 8];
            byte ^= std::byte{1} << bit % 8;
            missed += file.wrong().empty();
            byte ^= std::byte{1} << bit % 8;
        }
        return missed;
    };
    BOOST_TEST(flips_not_noticed(0, sizeof(layout::identity)) == 0U);
    BOOST_TEST(flips_not_noticed(page, sizeof(layout::half)) == 0U);
    BOOST_TEST(flips_not_noticed(2 * page, sizeof(layout::half)) == 0U);
    BOOST_TEST(flips_not_noticed(3 * page, sizeof(layout::state)) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
