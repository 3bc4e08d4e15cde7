#include "http/input_buffer.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string_view>

using namespace tokend;

namespace {

constexpr std::size_t message = 1000;

struct fixture
{
    input_buffer in{message};

    void put(std::string_view bytes)
    {
        auto const room = in.room();
        BOOST_REQUIRE(bytes.size() <= room.size());
        bytes.copy(room.data(), bytes.size());
        in.commit(bytes.size());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(input_buffer_, fixture)

BOOST_AUTO_TEST_CASE(bytes_come_out_as_they_came_in)
{
    put("abc");
    put("def");
    BOOST_TEST(in.data() == "abcdef");
    in.consume(2);
    BOOST_TEST(in.data() == "cdef");
    in.consume(4);
    BOOST_TEST(in.data().empty());
}

BOOST_AUTO_TEST_CASE(bytes_in_the_middle_go_and_those_before_stay_in_their_place)
{
    put("headBODYnext");
    auto const* const head = in.data().data();
    in.consume_behind(4, 4);
    BOOST_TEST(in.data() == "headnext");
    BOOST_TEST(in.data().data() == head);
}

// However many messages came before it.
BOOST_AUTO_TEST_CASE(a_message_of_the_promised_size_always_fits)
{
    for (int i = 0; i < 100; ++i)
    {
        put("x");
        in.begin_message();
        BOOST_REQUIRE(in.data() == "x");
        BOOST_REQUIRE(in.room().size() >= message - 1);
        auto const filling = std::min<std::size_t>(in.room().size(), 700);
        std::fill_n(in.room().data(), filling, 'y');
        in.commit(filling);
        in.consume(filling);  // all but one byte, so that the buffer never runs empty
        in.consume(in.data().size() - 1);
        in.consume(1);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_bytes_that_were_consumed)
{
    put("secret");
    auto const* const place = in.data().data();
    in.consume(6);
    BOOST_TEST(std::string_view(place, 6) == std::string_view("\0\0\0\0\0\0", 6));
    put("headsecretnext");
    auto const* const gap = in.data().data() + 8;
    in.consume_behind(4, 6);
    BOOST_TEST(std::string_view(gap, 6) == std::string_view("\0\0\0\0\0\0", 6));
}

BOOST_AUTO_TEST_SUITE_END()
