#include "journal/log_head.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(log_head_)

BOOST_AUTO_TEST_CASE(places_stand_behind_each_other_and_end_with_the_room)
{
    log_head head;
    head.begin(1, 5);
    auto const first = head.reserve(2, 10);
    auto const second = head.reserve(3, 10);
    BOOST_TEST((first.half == 1 && first.first == 5 && second.first == 7));
    BOOST_TEST(!head.reserve(1, 10));
    BOOST_TEST(!head.is_filled());
    head.fill(second);
    head.fill(first);
    BOOST_TEST(head.is_filled());
}

BOOST_AUTO_TEST_CASE(a_turn_begins_the_other_half_and_waits_for_this_one)
{
    log_head head;
    head.begin(0, 0);
    auto const early = head.reserve(4, 10);
    auto const end = head.turn();
    BOOST_TEST((end.half == 0 && end.first == 4));
    BOOST_TEST((head.end().half == 1 && head.end().first == 0));
    head.fill(head.reserve(4, 10));
    BOOST_TEST(!head.is_filled(end));
    head.fill(early);
    BOOST_TEST(head.is_filled(end));
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_page_ends_with_a_unit_that_begins_in_the_next)
{
    log_head head;
    head.begin(0, 0);
    BOOST_TEST(head.reserve_rest_of_page(40, 4096).units == 0U);
    head.reserve(1, 1000);
    auto const rest = head.reserve_rest_of_page(40, 4096);
    BOOST_TEST((rest.first == 1 && rest.units == 102));  // unit 102 begins at byte 4080, 103 at 4120
    head.begin(0, 512);                                  // at byte 5 * 4096
    BOOST_TEST(head.reserve_rest_of_page(40, 4096).units == 0U);
}

// Threads count up what is behind each place, one thread turns: what was reserved before a turn is behind it.
BOOST_AUTO_TEST_CASE(who_waits_for_a_half_sees_all_that_was_done_before_it_was_filled)
{
    constexpr int turns = 200;
    log_head head;
    head.begin(0, 0);
    std::atomic<bool> done = false;
    std::array<std::atomic<std::uint64_t>, 2> in_half{};
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t)
        threads.emplace_back([&] {
            while (!done)
                if (auto const place = head.reserve(1, ~std::uint64_t{0} >> 1))
                {
                    in_half[place.half].fetch_add(1, std::memory_order_relaxed);
                    head.fill(place);
                }
        });
    std::size_t wrong = 0;
    for (int i = 0; i < turns; ++i)
    {
        auto const end = head.turn();
        while (!head.is_filled(end))
            std::this_thread::yield();
        wrong += in_half[end.half].exchange(0, std::memory_order_relaxed) != end.first;
    }
    done = true;
    for (auto& t : threads)
        t.join();
    BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
