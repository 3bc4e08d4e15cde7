#include "credential/turnstile.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

struct fixture
{
    asio::io_context loop{1};
    std::string taken{};    // names, in their order
    std::string refused{};  // names

    void come(turnstile& to, payer who, char name, std::chrono::nanoseconds deadline = boot_time() + 1h)
    {
        auto end = [this, name](std::exception_ptr trouble, bool has_place) {
            BOOST_TEST(!trouble);
            (has_place ? taken : refused) += name;
        };
        asio::co_spawn(loop, to.take(std::move(who), deadline), end);
        turn();
    }
    void turn()
    {
        loop.restart();
        loop.poll();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(turnstile_, fixture)

BOOST_AUTO_TEST_CASE(a_place_that_is_given_back_goes_to_who_has_the_turn)
{
    turnstile places{1, 10};
    BOOST_TEST(places.try_take());
    for (char const name : {'a', 'b', 'c'})
        come(places, {"ACME", "one"}, name);
    come(places, {"CRMDEMO", "two"}, 'd');
    BOOST_TEST(!places.try_take());
    BOOST_TEST(taken == "");
    for (int n = 0; n < 4; ++n)
    {
        places.give_back();
        turn();
    }
    BOOST_TEST(taken == "adbc");
    BOOST_TEST(refused == "");
    places.give_back();
    BOOST_TEST(places.try_take());
}

BOOST_AUTO_TEST_CASE(a_place_that_became_free_before_the_wait_is_taken_at_once)
{
    turnstile places{1, 0};
    come(places, {"ACME", "one"}, 'a');
    BOOST_TEST(taken == "a");
    BOOST_TEST(!places.try_take());
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses_the_newest_of_who_has_most)
{
    turnstile places{1, 2};
    BOOST_TEST(places.try_take());
    for (char const name : {'a', 'b', 'c'})
        come(places, {"ACME", "guesser"}, name);
    BOOST_TEST(refused == "c");
    come(places, {"ACME", "owner"}, 'd');
    turn();
    BOOST_TEST(refused == "cb");
    places.give_back();
    places.give_back();
    turn();
    BOOST_TEST(taken == "ad");
}

BOOST_AUTO_TEST_CASE(a_place_passes_by_who_has_waited_too_long)
{
    turnstile places{1, 10};
    BOOST_TEST(places.try_take());
    come(places, {"ACME", "one"}, 'a', boot_time());
    come(places, {"ACME", "one"}, 'b');
    BOOST_TEST(refused == "a");
    places.give_back();
    turn();
    BOOST_TEST(taken == "b");
}

BOOST_AUTO_TEST_CASE(a_stop_ends_the_waits)
{
    turnstile places{1, 10};
    BOOST_TEST(places.try_take());
    come(places, {"ACME", "one"}, 'a');
    places.stop();
    turn();
    BOOST_TEST(refused == "a");
}

BOOST_AUTO_TEST_SUITE_END()
