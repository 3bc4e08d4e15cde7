#include "table/history/history_check.hpp"

#include "table/history/calls.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace tokend::testing;
using namespace tokend::testing::calls;

namespace {

using history = std::vector<operation>;

std::string_view wrong(history const& calls, std::size_t capacity) { return check_history(calls, capacity).wrong; }

operation other(operation what) { return of_token(1, what); }
operation third(operation what) { return of_token(2, what); }

constexpr std::string_view too_many = "more tokens than the capacity";
constexpr std::string_view room = "refused, though there was room";

}  // namespace

BOOST_AUTO_TEST_SUITE(history_check_)

BOOST_AUTO_TEST_CASE(each_token_is_judged_by_its_own_calls)
{
    BOOST_TEST(wrong({insert({1, 2}), other(insert({3, 4})), erase({5, 6}), other(hit({7, 8})), miss({9, 10})}, 2) ==
               "");
    auto const verdict = check_history(
        history{insert({1, 2}), other(hit({7, 8})), other(insert({3, 4})), hit({5, 6}), other(erase({5, 6}))}, 2);
    BOOST_TEST(verdict.wrong == "seen after its erase");
    BOOST_TEST_REQUIRE(verdict.evidence.size() == 3U);
    BOOST_TEST(verdict.evidence[0].begin == 3U);
    BOOST_TEST(verdict.evidence[2].token == 1U);
}

BOOST_AUTO_TEST_CASE(what_happened_is_counted)
{
    auto const counted =
        check_history(history{miss({1, 3}), insert({2, 4}), hit({5, 6}), touch({7, 9}, 120), miss({8, 10}, 130),
                              no_touch({11, 12}, 130), other(refused({13, 14})), sweep({15, 16}, 130), miss({17, 18})},
                      1)
            .counted;
    BOOST_TEST(counted[event::call] == 9U);
    BOOST_TEST(counted[event::overlap] == 2U);
    BOOST_TEST(counted[event::insert] == 1U);
    BOOST_TEST(counted[event::full] == 1U);
    BOOST_TEST(counted[event::strictly_full] == 1U);
    BOOST_TEST(counted[event::hit] == 1U);
    BOOST_TEST(counted[event::miss] == 2U);
    BOOST_TEST(counted[event::touch] == 1U);
    BOOST_TEST(counted[event::expired] == 2U);
    BOOST_TEST(counted[event::removed] == 1U);
}

BOOST_AUTO_TEST_CASE(more_tokens_than_the_capacity_are_refused)
{
    history const two{insert({1, 2}), other(insert({3, 4})), hit({5, 6}), other(hit({7, 8}))};
    BOOST_TEST(wrong(two, 2) == "");
    BOOST_TEST(wrong(two, 1) == too_many);
    BOOST_TEST(wrong({insert({1, 2}), erase({3, 5}), other(insert({4, 6}))}, 1) == "");
    BOOST_TEST(wrong({insert({1, 2}), erase({6, 7}), other(insert({3, 4}))}, 1) == too_many);
}

BOOST_AUTO_TEST_CASE(a_refusal_needs_a_moment_without_room)
{
    BOOST_TEST(wrong({insert({1, 2}), other(refused({3, 4}))}, 1) == "");
    BOOST_TEST(wrong({insert({1, 2}), other(refused({3, 4}))}, 2) == room);
    BOOST_TEST(wrong({insert({1, 4}), other(refused({2, 3}))}, 1) == "");
    BOOST_TEST(wrong({other(refused({1, 2})), insert({3, 4})}, 1) == room);
    BOOST_TEST(wrong({insert({1, 2}), erase({3, 6}), other(refused({4, 5}))}, 1) == "");
    BOOST_TEST(wrong({insert({1, 2}), erase({3, 4}), other(refused({5, 6}))}, 1) == room);
    BOOST_TEST(wrong({insert({1, 2}), erase({3, 4}), other(refused({5, 10})), third(insert({6, 7}))}, 1) == "");
}

BOOST_AUTO_TEST_CASE(no_moment_of_a_refusal_is_put_together_from_two)
{
    history calls{insert({1, 2}), erase({4, 5}), other(insert({6, 7})), third(refused({3, 8}))};
    BOOST_TEST(wrong(calls, 3) == "");  // one of the two, and what the insert that overlaps may account for
    BOOST_TEST(wrong(calls, 4) == room);
}

BOOST_AUTO_TEST_CASE(an_expired_token_is_no_reason_for_a_refusal)
{
    BOOST_TEST(wrong({insert({1, 2}), other(refused({3, 4}, 109))}, 1) == "");
    BOOST_TEST(wrong({insert({1, 2}), other(refused({3, 4}, 110))}, 1) == room);
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 4}, 120), other(refused({5, 6}, 110))}, 1) == "");
}

BOOST_AUTO_TEST_CASE(a_token_that_expired_for_another_at_the_same_moment_is_a_reason_for_a_refusal)
{
    history calls;
    for (std::uint32_t token = 0; token < 10; ++token)
        calls.push_back(of_token(token, insert({1, 2})));
    calls.push_back(of_token(10, refused({5, 6}, 109)));
    calls.push_back(of_token(11, insert({5, 9}, 120, 110)));
    BOOST_TEST(wrong(calls, 10) == "");
    BOOST_TEST(wrong(calls, 14) == room);
}

BOOST_AUTO_TEST_CASE(an_expired_token_counts_while_another_call_may_be_ending_it)
{
    BOOST_TEST(wrong({insert({1, 2}), sweep({3, 6}, 110), other(refused({4, 5}, 110))}, 1) == "");
    BOOST_TEST(wrong({insert({1, 2}), no_erase({3, 6}, 110), other(refused({4, 5}, 110))}, 1) == "");
    BOOST_TEST(wrong({insert({1, 2}), sweep({3, 4}, 110), sweep({5, 8}, 110), other(refused({6, 7}, 110))}, 1) == room);
    BOOST_TEST(wrong({insert({1, 2}), no_erase({3, 8}, 110), sweep({4, 5}, 110), sweep({5, 8}, 110),
                      other(refused({6, 7}, 110))},
                     1) == "");
}

BOOST_AUTO_TEST_CASE(an_insert_or_an_erase_accounts_for_few_expired_tokens)
{
    history const three{insert({1, 2}), other(insert({1, 2})), third(insert({1, 2}))};
    auto const wrong_with = [&](operation const& overlapping) {
        auto calls = three;
        calls.push_back(overlapping);
        calls.push_back(of_token(3, refused({4, 5}, 110)));
        return wrong(calls, 3);
    };
    BOOST_TEST(wrong_with(sweep({3, 6}, 110)) == "");
    BOOST_TEST(wrong_with(of_token(4, no_erase({3, 6}, 110))) == room);
    BOOST_TEST(wrong_with(of_token(4, refused({3, 6}, 110))) == room);
    BOOST_TEST(wrong_with(of_token(4, insert({3, 6}, 120, 110))) == "");
}

BOOST_AUTO_TEST_SUITE_END()
