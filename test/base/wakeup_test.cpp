#include "base/wakeup.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

using namespace tokend;

namespace {

constexpr auto past = wakeup::time_point::min();

// Two waits on a loop of their own, one after the other, and what each of them returned.
struct fixture
{
    asio::io_context loop{1};
    wakeup happened{loop.get_executor()};
    std::vector<bool> results;

    task<void> wait_twice(wakeup::time_point first, wakeup::time_point second)
    {
        results.push_back(co_await happened.wait(first));
        results.push_back(co_await happened.wait(second));
    }
    void begin(wakeup::time_point first, wakeup::time_point second)
    {
        auto waiting = wait_twice(first, second);
        asio::co_spawn(loop, std::move(waiting), asio::detached);
    }
    void set_later()
    {
        asio::post(loop, [this] { happened.set(); });
    }
};

auto const per_element = boost::test_tools::per_element();

}  // namespace

BOOST_FIXTURE_TEST_SUITE(wakeup_, fixture)

BOOST_AUTO_TEST_CASE(a_wait_ends_when_it_is_set)
{
    begin(wakeup::never, wakeup::never);
    loop.poll();
    BOOST_TEST(results.empty());
    happened.set();
    loop.poll();
    BOOST_TEST(results == std::vector{true}, per_element);
    happened.set();
    loop.run();
    BOOST_TEST(results == (std::vector{true, true}), per_element);
}

BOOST_AUTO_TEST_CASE(what_was_set_before_ends_one_wait_at_once)
{
    happened.set();
    happened.set();
    begin(past, past);
    loop.run();
    BOOST_TEST(results == (std::vector{true, false}), per_element);
}

BOOST_AUTO_TEST_CASE(without_a_set_the_time_ends_a_wait)
{
    begin(past, past);
    loop.run();
    BOOST_TEST(results == (std::vector{false, false}), per_element);
}

BOOST_AUTO_TEST_CASE(a_set_between_the_end_of_the_time_and_the_end_of_the_wait_counts)
{
    begin(past, past);
    set_later();  // runs before the loop looks at its timers
    loop.run();
    BOOST_TEST(results == (std::vector{true, false}), per_element);
}

BOOST_AUTO_TEST_CASE(a_set_after_the_time_is_for_the_next_wait)
{
    begin(past, wakeup::never);
    while (results.empty())
        loop.run_one();
    happened.set();
    loop.run();
    BOOST_TEST(results == (std::vector{false, true}), per_element);
}

BOOST_AUTO_TEST_CASE(a_wait_that_goes_with_its_loop_leaves_nothing_behind)
{
    asio::io_context other{1};
    auto waiting = [](asio::io_context& on) -> task<void> {
        wakeup never_set{on.get_executor()};
        co_await never_set.wait();
    };
    auto one = waiting(other);
    asio::co_spawn(other, std::move(one), asio::detached);
    other.poll();
}  // the address sanitizer looks for what is left

BOOST_AUTO_TEST_SUITE_END()
