#include "credential/lockout.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

login_subject const alice{"acme", "alice", "192.0.2.1/32"};
login_subject const alice_at_home{"acme", "alice", "192.0.2.2/32"};

struct fixture
{
    // What somebody has to wait for who begins a login now; zero: the login goes on, and says nothing.
    std::chrono::seconds wait(login_subject const& who, std::string_view secret = "a guess")
    {
        auto begun = failures.begin(who, rules, secret, now);
        auto const* const wait = std::get_if<std::chrono::seconds>(&begun);
        return wait != nullptr ? *wait : 0s;
    }
    // One failed login after the other, each with another secret. Returns what the last one locks out.
    std::chrono::seconds fail(login_subject const& who, int times = 1)
    {
        std::chrono::seconds locked{0};
        for (int i = 0; i < times; ++i)
        {
            auto begun = failures.begin(who, rules, "guess " + std::to_string(++guesses), now);
            BOOST_TEST_REQUIRE(begun.index() == 0U);
            locked = std::get<0>(begun).fail(now);
        }
        return locked;
    }
    void succeed(login_subject const& who)
    {
        auto begun = failures.begin(who, rules, "right", now);
        BOOST_TEST_REQUIRE(begun.index() == 0U);
        std::get<0>(begun).succeed(now);
    }

    lockout_rules rules{};
    lockouts failures{};
    lockouts::time_point now{1000h};
    int guesses = 0;
};

}  // namespace

namespace std::chrono {
static std::ostream& operator<<(std::ostream& out, seconds s) { return out << s.count() << " s"; }
}  // namespace std::chrono

BOOST_FIXTURE_TEST_SUITE(lockout_, fixture)

BOOST_AUTO_TEST_CASE(the_fifth_failure_locks_a_name_out_from_its_network_and_from_no_other)
{
    BOOST_TEST(fail(alice, 4) == 0s);
    BOOST_TEST(wait(alice) == 0s);
    BOOST_TEST(fail(alice) == 15min);
    BOOST_TEST(wait(alice) == 15min);
    BOOST_TEST(wait(alice, "right") == 15min);
    BOOST_TEST(wait(alice_at_home) == 0s);
    BOOST_TEST(wait({"other", "alice", "192.0.2.1/32"}) == 0s);
    BOOST_TEST(wait({"acme", "bob", "192.0.2.1/32"}) == 0s);
}

BOOST_AUTO_TEST_CASE(it_ends_when_the_client_was_told_that_it_ends)
{
    fail(alice, 5);
    now += 14min + 59s + 1ms;
    BOOST_TEST(wait(alice) == 1s);
    now += 999ms;
    BOOST_TEST(wait(alice) == 0s);
}

BOOST_AUTO_TEST_CASE(each_further_one_takes_twice_as_long_up_to_a_day)
{
    std::chrono::seconds const times[] = {15min, 30min, 1h, 2h, 4h, 8h, 16h, 24h, 24h};
    for (auto const time : times)
    {
        BOOST_TEST(fail(alice, 5) == time);
        now += time;
    }
    now += 24h;
    BOOST_TEST(fail(alice, 5) == 15min);
}

BOOST_AUTO_TEST_CASE(failures_count_within_their_window)
{
    for (int i = 0; i < 20; ++i)
    {
        BOOST_TEST(fail(alice) == 0s);
        now += 4min;  // at most four within 15 minutes
    }
    now += 12min;
    BOOST_TEST(fail(alice, 4) == 0s);
}

BOOST_AUTO_TEST_CASE(a_good_login_clears_the_count_of_its_own_network)
{
    fail(alice, 4);
    fail(alice_at_home, 4);
    succeed(alice);
    BOOST_TEST(fail(alice, 4) == 0s);
    BOOST_TEST(fail(alice_at_home) == 15min);
}

BOOST_AUTO_TEST_CASE(a_name_is_locked_out_everywhere_only_at_its_own_higher_number)
{
    for (int network = 0; network < 50; ++network)
    {
        BOOST_TEST(wait(alice_at_home) == 0s);
        auto const locked = fail({"acme", "alice", std::to_string(network)});
        BOOST_TEST(locked == (network < 49 ? 0s : 15min));
    }
    BOOST_TEST(wait(alice_at_home, "right") == 15min);
    BOOST_TEST(wait({"acme", "bob", "0"}) == 0s);
}

BOOST_AUTO_TEST_CASE(good_logins_do_not_clear_the_count_of_the_name)
{
    for (int network = 0; network < 49; ++network)
        fail({"acme", "alice", std::to_string(network)});
    succeed(alice_at_home);
    BOOST_TEST(fail(alice) == 15min);
    BOOST_TEST(wait(alice_at_home) == 15min);
}

BOOST_AUTO_TEST_CASE(codes_count_by_network_and_a_good_one_clears_nothing)
{
    login_subject const kiosk{"acme", "", "192.0.2.1/32"};
    fail(kiosk, 4);
    succeed(kiosk);
    BOOST_TEST(fail(kiosk) == 15min);
    BOOST_TEST(wait({"acme", "", "192.0.2.2/32"}) == 0s);
    BOOST_TEST(wait(alice) == 0s);
}

BOOST_AUTO_TEST_CASE(a_login_that_was_neither_good_nor_bad_does_not_count)
{
    for (int i = 0; i < 100; ++i)
        BOOST_TEST(wait(alice, std::to_string(i)) == 0s);
    BOOST_TEST(failures.size() == 0U);
}

BOOST_AUTO_TEST_CASE(guesses_under_way_are_no_more_than_the_failures_that_are_left)
{
    fail(alice, 2);
    std::vector<lockouts::attempt> under_way;
    for (int i = 0; i < 3; ++i)
        under_way.push_back(std::get<0>(failures.begin(alice, rules, std::to_string(i), now)));
    BOOST_TEST(wait(alice, "3") == 1s);
    under_way.pop_back();
    BOOST_TEST(wait(alice, "3") == 0s);
}

BOOST_AUTO_TEST_CASE(many_codes_of_one_network_may_be_under_way)
{
    std::vector<lockouts::attempt> under_way;
    for (int i = 0; i < 100; ++i)
        under_way.push_back(std::get<0>(failures.begin({"acme", "", "n"}, rules, std::to_string(i), now)));
    for (auto& a : under_way)
        a.fail(now);
    BOOST_TEST(wait({"acme", "", "n"}) == 15min);
}

BOOST_AUTO_TEST_CASE(logins_under_way_with_one_secret_are_one)
{
    std::vector<lockouts::attempt> under_way;
    for (int i = 0; i < 100; ++i)
        under_way.push_back(std::get<0>(failures.begin(alice, rules, "the same", now)));
    for (auto& a : under_way)
        BOOST_TEST(a.fail(now) == 0s);
    BOOST_TEST(fail(alice, 3) == 0s);
    BOOST_TEST(fail(alice) == 15min);
}

BOOST_AUTO_TEST_CASE(numbers_of_zero_lock_nobody_out)
{
    rules.failures = 0;
    BOOST_TEST(fail(alice, 49) == 0s);
    rules.name_failures = 0;
    BOOST_TEST(fail(alice, 100) == 0s);
    rules.failures = 5;
    BOOST_TEST(fail(alice, 4) == 0s);
    succeed(alice);
    BOOST_TEST(fail(alice, 5) == 15min);
}

BOOST_AUTO_TEST_CASE(what_has_passed_is_forgotten)
{
    rules.name_failures = 0;
    for (int i = 0; i < 1000; ++i)
        fail({"acme", std::to_string(i), "n"});
    fail(alice, 5);
    BOOST_TEST(failures.size() == 1001U);
    now += 15min;
    for (int i = 0; i < 2000; ++i)
        wait({"acme", std::to_string(i), "m"});
    BOOST_TEST(failures.size() == 1U);
    now += 24h;
    for (int i = 0; i < 2000; ++i)
        wait({"acme", std::to_string(i), "m"});
    BOOST_TEST(failures.size() == 0U);
}

BOOST_AUTO_TEST_CASE(of_too_many_counts_the_least_dangerous_goes)
{
    rules.name_failures = 0;
    fail(alice, 5);
    fail(alice_at_home, 4);
    for (int i = 0; i < 200'000; ++i)
        fail({"acme", std::to_string(i), "n"});
    BOOST_TEST(failures.size() <= 65'536U);
    BOOST_TEST(failures.size() > 60'000U);
    BOOST_TEST(wait(alice) == 15min);
    BOOST_TEST(fail(alice_at_home) == 15min);
}

BOOST_AUTO_TEST_CASE(many_threads_fail_as_often_as_one_would)
{
    rules.failures = 100;
    rules.name_failures = 0;
    std::atomic<int> locked{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100; ++i)
            {
                auto begun = failures.begin(alice, rules, std::to_string(t * 1000 + i), now);
                auto* const attempt = std::get_if<0>(&begun);
                if (attempt == nullptr)
                    ++refused;
                else if (attempt->fail(now) != 0s)
                    ++locked;
            }
        });
    for (auto& t : threads)
        t.join();
    BOOST_TEST(locked == 1);
    BOOST_TEST(refused == 300);
}

BOOST_AUTO_TEST_CASE(names_that_are_locked_out_are_listed_the_longest_first_and_only_those_that_may_be_seen)
{
    fail(alice, 5);
    now += 1min;
    fail({"acme", "bob", "192.0.2.3/32"}, 5);
    fail({"acme", "carl", "192.0.2.3/32"}, 4);
    fail({"other", "dora", "192.0.2.3/32"}, 5);
    auto const seen = [&](std::size_t most) {
        return failures.list(
            most, [](locked_out const& one) { return one.organisation == "acme"; }, now);
    };
    auto const listed = seen(10);
    BOOST_TEST_REQUIRE(listed.size() == 2U);
    BOOST_TEST((listed[0].name == "bob" && listed[0].network == "192.0.2.3/32" && listed[0].left == 15min));
    BOOST_TEST((listed[1].name == "alice" && listed[1].left == 14min));
    BOOST_TEST(seen(1).size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_unlocked_may_try_again_and_begins_anew)
{
    fail(alice, 5);
    fail({"acme", "bob", "192.0.2.3/32"}, 5);
    auto const is_alice = [](locked_out const& one) { return one.name == "alice"; };
    BOOST_TEST(failures.unlock(is_alice, now) == 1U);
    BOOST_TEST(failures.unlock(is_alice, now) == 0U);
    BOOST_TEST(wait(alice) == 0s);
    BOOST_TEST(fail(alice, 4) == 0s);
    BOOST_TEST(fail(alice) == 15min);
    BOOST_TEST(wait({"acme", "bob", "192.0.2.3/32"}) == 15min);
}

BOOST_AUTO_TEST_SUITE_END()
