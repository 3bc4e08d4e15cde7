#include "token/lifetime.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend;
using namespace std::chrono_literals;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

constexpr std::int64_t noon_unix = 1'800'000'000;
constexpr sys_seconds noon{seconds{noon_unix}};
constexpr lifetime_rules fixed{lifetime_policy::fixed, 1h, 12h};
constexpr lifetime_rules sliding{lifetime_policy::sliding, 1h, 12h};
constexpr std::int64_t none = 0;

constexpr token_times issued_at_noon{noon, noon + 1h};

}  // namespace

BOOST_AUTO_TEST_SUITE(lifetime_)

BOOST_AUTO_TEST_CASE(a_new_token_lives_for_the_lifetime)
{
    BOOST_TEST((first_end(fixed, none, noon) == noon + 1h));
    BOOST_TEST((first_end(sliding, none, noon) == noon + 1h));
}

BOOST_AUTO_TEST_CASE(the_longest_lifetime_caps_sliding_tokens_only)
{
    BOOST_TEST((first_end({lifetime_policy::sliding, 24h, 12h}, none, noon) == noon + 12h));
    BOOST_TEST((first_end({lifetime_policy::fixed, 24h, 12h}, none, noon) == noon + 24h));
}

BOOST_AUTO_TEST_CASE(a_new_token_never_outlives_its_credential)
{
    for (auto const& rules : {fixed, sliding})
    {
        BOOST_TEST((first_end(rules, noon_unix + 3601, noon) == noon + 1h));
        BOOST_TEST((first_end(rules, noon_unix + 3600, noon) == noon + 1h));
        BOOST_TEST((first_end(rules, noon_unix + 3599, noon) == noon + 3599s));
        BOOST_TEST((first_end(rules, noon_unix + 1, noon) == noon + 1s));
        BOOST_TEST((first_end(rules, noon_unix, noon) <= noon));
        BOOST_TEST((first_end(rules, 1, noon) <= noon));
    }
}

BOOST_AUTO_TEST_CASE(a_use_moves_no_fixed_end)
{
    BOOST_TEST((end_after_use(fixed, issued_at_noon, none, noon + 30min) == noon + 1h));
}

BOOST_AUTO_TEST_CASE(a_use_moves_a_sliding_end_to_a_lifetime_from_now)
{
    BOOST_TEST((end_after_use(sliding, issued_at_noon, none, noon) == noon + 1h));
    BOOST_TEST((end_after_use(sliding, issued_at_noon, none, noon + 1s) == noon + 1h + 1s));
    BOOST_TEST((end_after_use(sliding, issued_at_noon, none, noon + 59min) == noon + 1h + 59min));
}

BOOST_AUTO_TEST_CASE(a_use_never_moves_the_end_past_the_longest_lifetime)
{
    token_times const late{noon, noon + 11h + 30min};
    BOOST_TEST((end_after_use(sliding, late, none, noon + 11h - 1s) == noon + 12h - 1s));
    BOOST_TEST((end_after_use(sliding, late, none, noon + 11h) == noon + 12h));
    BOOST_TEST((end_after_use(sliding, late, none, noon + 11h + 1s) == noon + 12h));
}

BOOST_AUTO_TEST_CASE(a_use_never_moves_the_end_past_the_credential)
{
    BOOST_TEST((end_after_use(sliding, issued_at_noon, noon_unix + 2 * 3600, noon + 59min) == noon + 1h + 59min));
    BOOST_TEST((end_after_use(sliding, issued_at_noon, noon_unix + 3700, noon + 59min) == noon + 3700s));
    BOOST_TEST((end_after_use(sliding, {noon, noon + 100s}, noon_unix + 100, noon + 99s) == noon + 100s));
}

BOOST_AUTO_TEST_CASE(a_use_never_moves_the_end_earlier_when_rules_have_become_shorter)
{
    BOOST_TEST(
        (end_after_use({lifetime_policy::sliding, 5min, 10min}, issued_at_noon, none, noon + 9min) == noon + 1h));
}

BOOST_AUTO_TEST_CASE(a_move_is_worth_writing_above_a_sixteenth_of_the_lifetime)
{
    BOOST_TEST(!worth_writing(sliding, noon, noon));
    BOOST_TEST(!worth_writing(sliding, noon, noon + 225s));
    BOOST_TEST(worth_writing(sliding, noon, noon + 226s));
    BOOST_TEST(!worth_writing({lifetime_policy::sliding, 10s, 12h}, noon, noon));
    BOOST_TEST(worth_writing({lifetime_policy::sliding, 10s, 12h}, noon, noon + 1s));
    BOOST_TEST(!worth_writing({lifetime_policy::sliding, 16s, 12h}, noon, noon + 1s));
}

BOOST_AUTO_TEST_CASE(a_sliding_end_says_when_the_last_use_must_have_been)
{
    auto const at = [](sys_seconds end) { return last_possible_use(sliding, {noon, end}, none); };
    BOOST_TEST((at(noon + 1h) == noon + 225s));
    BOOST_TEST((at(noon + 2h) == noon + 1h + 225s));
    BOOST_TEST((at(noon + 12h - 226s) == noon + 11h - 1s));
}

BOOST_AUTO_TEST_CASE(every_use_that_is_not_written_was_before_that)
{
    for (auto end = noon + 1h; end < noon + 12h; end += 10min)
        if (auto const last = last_possible_use(sliding, {noon, end}, none))
            for (auto use = end - 1h; use < end; ++use)
                BOOST_TEST(
                    (worth_writing(sliding, end, end_after_use(sliding, {noon, end}, none, use)) || use <= *last));
}

BOOST_AUTO_TEST_CASE(an_end_that_uses_do_not_move_says_nothing_of_them)
{
    BOOST_TEST(!last_possible_use(fixed, issued_at_noon, none));
    BOOST_TEST(!last_possible_use(sliding, {noon, noon + 12h}, none));
    BOOST_TEST(!last_possible_use(sliding, {noon, noon + 12h - 225s}, none));
    BOOST_TEST(!last_possible_use(sliding, issued_at_noon, noon_unix + 3600));
    BOOST_TEST(last_possible_use(sliding, issued_at_noon, noon_unix + 7200).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
