#include "credential/login_times.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

struct fixture
{
    login_times times{};
    login_times::time_point now{};

    void add(std::chrono::nanoseconds time, int logins = 1)
    {
        for (int n = 0; n < logins; ++n)
            times.add(time, now);
    }
    bool is_about(std::chrono::nanoseconds time)
    {
        auto const most = times.most(now);
        return most >= time && most <= time + time / 8 + 1us;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(login_times_, fixture)

BOOST_AUTO_TEST_CASE(without_a_login_it_is_no_time) { BOOST_TEST((times.most(now) == 0ns)); }

BOOST_AUTO_TEST_CASE(of_few_logins_it_is_the_longest_one)
{
    for (auto const time :
         std::initializer_list<std::chrono::nanoseconds>{0ns, 5us, 9us, 1ms, 80ms, 81ms, 200ms, 700ms, 2500ms, 20s})
    {
        add(time);
        BOOST_TEST(is_about(time), time.count());
    }
    add(1h);
    BOOST_TEST((times.most(now) > 30s));
}

BOOST_AUTO_TEST_CASE(one_of_a_hundred_may_be_longer)
{
    add(50ms, 99);
    add(900ms);
    BOOST_TEST(is_about(50ms));
    add(900ms);
    BOOST_TEST(is_about(900ms));
}

BOOST_AUTO_TEST_CASE(a_login_counts_for_a_minute_at_least_and_two_at_most)
{
    now += 1h;
    add(900ms);
    now += 61s;
    add(50ms);
    BOOST_TEST(is_about(900ms));
    now += 60s;
    BOOST_TEST(is_about(50ms));
    now += 120s;
    BOOST_TEST((times.most(now) == 0ns));
}

BOOST_AUTO_TEST_SUITE_END()
