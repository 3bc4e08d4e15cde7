#include "journal/layout.hpp"

#include "journal/entry.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <vector>

using namespace tokend;
using layout::page;

namespace {

constexpr std::size_t file_bytes = 9 * page;

struct file_pages
{
    layout::header header;
    std::vector<std::byte> bytes = std::vector<std::byte>(layout::header_bytes);

    file_pages()
    {
        header.what.capacity = 10;
        header.what.record_units = 100;  // with the tokens more than a page and less than two
        header.what.token_units = 50;
        header.now = {.bytes = file_bytes, .settled = 7};
    }
    template <class Part>
    void put(std::size_t number, Part part)
    {
        layout::seal(part);
        std::memcpy(bytes.data() + number * page, &part, sizeof part);
    }
    // What is wrong with it; all is right at first.
    std::string wrong(std::size_t size = file_bytes)
    {
        layout::header out;
        return layout::read_header(std::span{bytes}.first(std::min(bytes.size(), size)), size, out);
    }
    void write()
    {
        put(0, header.what);
        put(1, header.now);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(layout_)

BOOST_AUTO_TEST_CASE(a_header_is_read_as_it_was_written)
{
    file_pages file;
    file.write();
    layout::header out;
    BOOST_TEST(layout::read_header(file.bytes, file_bytes, out) == "");
    BOOST_TEST(out.what.token_units == 50U);
    BOOST_TEST(out.now.settled == 7U);
    BOOST_TEST(out.log_at() == 4 * page);
}

BOOST_AUTO_TEST_CASE(two_new_headers_have_nothing_in_common_but_their_capacity)
{
    auto const one = layout::new_header(5);
    auto const other = layout::new_header(5);
    BOOST_TEST(one.what.capacity == other.what.capacity);
    BOOST_TEST(one.what.salt != other.what.salt);
    BOOST_TEST((one.what.file_id != other.what.file_id));
    BOOST_TEST(one.snapshot_seed() != one.log_seed());
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused_with_its_reason)
{
    file_pages file;
    file.write();
    BOOST_TEST(file.wrong() == "");
    BOOST_TEST(file.wrong(file_bytes + page) == "");  // it has grown, and the header does not say so yet
    BOOST_TEST(file.wrong(0) == "is not a tokens file");
    BOOST_TEST(file.wrong(file_bytes - 1) ==
               "has 36863 bytes, and had 36864: it was cut, and what it lost may be releases");
    BOOST_TEST(file.wrong(page) == "has 4096 bytes; its header alone has 8192");

    auto other = file;
    other.header.what.version = 9;
    other.write();
    BOOST_TEST(other.wrong() == "has layout version 9; this tokend reads version 3 and takes over version 2");

    other = file;
    other.header.what.byte_order = 0x04030201;
    other.header.what.version = 0x03000000;
    other.write();
    BOOST_TEST(other.wrong() == "was written by a machine of another byte order");

    other = file;
    other.header.what.token_units = std::uint64_t{1} << 60;
    other.write();
    BOOST_TEST(other.wrong() == "is damaged in its header");

    other = file;
    other.header.now.bytes = 4 * page - 1;  // less than its snapshot
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
    BOOST_TEST(flips_not_noticed(page, sizeof(layout::state)) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
