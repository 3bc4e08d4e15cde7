#include "base/rate.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

struct fixture
{
    // How many of so many requests may come now.
    int taken(int requests, rate_limit const& limit)
    {
        int n = 0;
        for (int i = 0; i < requests; ++i)
            n += meter.take(limit, now) == 0ns ? 1 : 0;
        return n;
    }

    rate_meter meter;
    rate_meter::time_point now{1000h};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rate_, fixture)

BOOST_AUTO_TEST_CASE(a_bucket_is_full_at_first_and_fills_again)
{
    rate_limit const limit{.per_second = 10, .burst = 5};
    BOOST_TEST(taken(100, limit) == 5);
    now += 100ms;
    BOOST_TEST(taken(100, limit) == 1);
    now += 300ms;
    BOOST_TEST(taken(100, limit) == 3);
    now += 1h;
    BOOST_TEST(taken(100, limit) == 5);
}

BOOST_AUTO_TEST_CASE(without_a_burst_it_holds_the_requests_of_a_second)
{
    BOOST_TEST(taken(100, {.per_second = 7}) == 7);
}

BOOST_AUTO_TEST_CASE(it_says_how_long_to_wait_and_that_is_enough)
{
    rate_limit const limit{.per_second = 2, .burst = 1};
    BOOST_TEST(taken(1, limit) == 1);
    now += 200ms;
    auto const wait = meter.take(limit, now);
    BOOST_TEST((wait == 300ms));
    now += wait - 1ns;
    BOOST_TEST(taken(1, limit) == 0);
    now += 1ns;
    BOOST_TEST(taken(1, limit) == 1);
}

BOOST_AUTO_TEST_CASE(requests_that_are_refused_cost_nothing)
{
    rate_limit const limit{.per_second = 1};
    taken(1000, limit);
    now += 1s;
    BOOST_TEST(taken(1000, limit) == 1);
}

BOOST_AUTO_TEST_CASE(the_limit_may_change)
{
    taken(100, {.per_second = 1, .burst = 3});
    BOOST_TEST(taken(10'000, {.per_second = 1000, .burst = 5000}) == 2000);
    BOOST_TEST(taken(100, {.per_second = 1, .burst = 1}) == 0);
}

BOOST_AUTO_TEST_CASE(many_threads_take_as_much_as_one)
{
    rate_limit const limit{.per_second = 1000};
    std::atomic<int> all{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] { all += taken(10'000, limit); });
    for (auto& t : threads)
        t.join();
    BOOST_TEST(all == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
