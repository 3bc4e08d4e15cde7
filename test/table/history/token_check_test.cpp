#include "table/history/token_check.hpp"

#include "table/history/calls.hpp"
#include "table/history/order_search.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <vector>

using namespace tokend::testing;
using namespace tokend::testing::calls;

namespace {

using history = std::vector<operation>;

history without_sweeps(history calls)
{
    std::erase_if(calls, [](auto const& call) { return call.what == operation::kind::sweep; });
    return calls;
}

std::string_view wrong(history const& calls)
{
    removals const removed{calls};
    auto const token = without_sweeps(calls);
    auto const verdict = check_token(token, removed).wrong;
    BOOST_TEST(verdict.empty() == has_order(token, removed));
    return verdict;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_check_)

BOOST_AUTO_TEST_CASE(a_life_in_order_is_accepted)
{
    BOOST_TEST(wrong({miss({1, 2}), insert({3, 4}), hit({5, 6}), touch({7, 8}, 120), hit({9, 10}, 120), erase({11, 12}),
                      miss({13, 14}), no_touch({15, 16}), no_erase({17, 18})}) == "");
}

BOOST_AUTO_TEST_CASE(calls_that_overlap_may_come_in_any_order)
{
    BOOST_TEST(wrong({insert({1, 10}), hit({2, 3}), miss({1, 2}), erase({4, 12}), miss({5, 6}), no_erase({5, 7})}) ==
               "");
    BOOST_TEST(wrong({insert({1, 10}), erase({2, 10}), miss({3, 4}), hit({5, 6}), miss({7, 8})}) == "");
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 20}, 130), touch({4, 20}, 120), hit({5, 6}), hit({7, 8}, 120),
                      hit({9, 10}, 130)}) == "");
}

BOOST_AUTO_TEST_CASE(a_hit_before_the_insert_is_refused)
{
    BOOST_TEST(wrong({hit({1, 2}), insert({3, 4})}) == "seen before its insert");
    BOOST_TEST(wrong({hit({1, 2})}) == "seen, but never inserted");
    BOOST_TEST(wrong({refused({1, 2}), hit({3, 4})}) == "seen, but never inserted");
}

BOOST_AUTO_TEST_CASE(a_hit_after_the_erase_is_refused)
{
    BOOST_TEST(wrong({insert({1, 2}), erase({3, 4}), hit({5, 6})}) == "seen after its erase");
}

BOOST_AUTO_TEST_CASE(a_touch_after_the_erase_is_refused)
{
    BOOST_TEST(wrong({insert({1, 2}), erase({3, 4}), touch({5, 6}, 120)}) == "seen after its erase");
}

BOOST_AUTO_TEST_CASE(a_second_erase_is_refused)
{
    BOOST_TEST(wrong({insert({1, 2}), erase({3, 6}), erase({4, 5})}) == "erased twice");
}

BOOST_AUTO_TEST_CASE(a_second_insert_is_refused)
{
    BOOST_TEST(check_token(history{insert({1, 2}), insert({3, 4})}, removals{{}}).wrong == "inserted twice");
}

BOOST_AUTO_TEST_CASE(a_miss_of_a_live_token_is_refused)
{
    BOOST_TEST(wrong({insert({1, 2}), miss({3, 4}), hit({5, 6})}) == "not found while it lived");
    BOOST_TEST(wrong({insert({1, 2}), miss({3, 4})}) == "not found while it lived");
    BOOST_TEST(wrong({insert({1, 2}), no_touch({3, 4}), erase({5, 6})}) == "not found while it lived");
    BOOST_TEST(wrong({insert({1, 2}), no_erase({3, 4})}) == "not found while it lived");
    BOOST_TEST(wrong({insert({1, 9}), hit({2, 3}), miss({4, 5}), erase({6, 7})}) == "not found while it lived");
}

BOOST_AUTO_TEST_CASE(a_principal_or_an_issue_of_another_token_is_refused)
{
    auto other = hit({3, 4});
    other.principal = carol + 1;
    BOOST_TEST(wrong({insert({1, 2}), other}) == "found as another's");
    auto earlier = hit({3, 4});
    earlier.issued = issued - 1;
    BOOST_TEST(wrong({insert({1, 2}), earlier}) == "found as another's");
}

BOOST_AUTO_TEST_CASE(an_expiry_that_nobody_asked_for_is_refused)
{
    BOOST_TEST(wrong({insert({1, 2}), hit({3, 4}, 111)}) == "found with an expiry that nobody asked for");
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 4}, 105), hit({5, 6}, 105)}) ==
               "found with an expiry that nobody asked for");
}

BOOST_AUTO_TEST_CASE(an_expiry_of_a_touch_that_has_not_begun_is_refused)
{
    BOOST_TEST(wrong({insert({1, 2}), hit({3, 4}, 120), touch({5, 6}, 120)}) ==
               "no order of the touches gives the expiries that were seen");
}

BOOST_AUTO_TEST_CASE(an_expiry_that_goes_back_is_refused)
{
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 9}, 120), hit({4, 5}, 120), hit({6, 7}, 110)}) ==
               "no order of the touches gives the expiries that were seen");
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 4}, 120), hit({5, 6}, 110)}) ==
               "no order of the touches gives the expiries that were seen");
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 4}, 130), touch({3, 9}, 120), hit({5, 6}, 120)}) ==
               "no order of the touches gives the expiries that were seen");
}

BOOST_AUTO_TEST_CASE(a_hit_of_an_expired_token_is_refused)
{
    BOOST_TEST(wrong({insert({1, 2}), hit({3, 4}, 110, 109)}) == "");
    BOOST_TEST(wrong({insert({1, 2}), hit({3, 4}, 110, 110)}) == "found, though it had expired");
}

BOOST_AUTO_TEST_CASE(an_expired_token_is_missed_and_neither_touched_nor_erased)
{
    BOOST_TEST(wrong({insert({1, 2}), miss({3, 4}, 110), no_touch({5, 6}, 110), no_erase({7, 8}, 110)}) == "");
    BOOST_TEST(wrong({insert({1, 2}), erase({3, 4}, 110)}) == "erased, though it had expired");
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 4}, 120, 110)}) ==
               "no order of the touches gives the expiries that were seen");
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 9}, 130, 110), touch({4, 5}, 120)}) == "");
}

BOOST_AUTO_TEST_CASE(a_token_is_removed_only_after_its_expiry_was_known)
{
    BOOST_TEST(wrong({insert({1, 2}), sweep({3, 4}, 110), miss({5, 6})}) == "");
    BOOST_TEST(wrong({insert({1, 2}), sweep({3, 4}, 109), miss({5, 6})}) == "not found while it lived");
    BOOST_TEST(wrong({insert({1, 2}), miss({3, 4}), sweep({5, 6}, 110)}) == "not found while it lived");
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 4}, 120), sweep({5, 6}, 110), miss({7, 8})}) ==
               "not found while it lived");
    BOOST_TEST(wrong({insert({1, 2}), no_erase({3, 4}, 110), miss({5, 6})}) == "");
    BOOST_TEST(wrong({insert({1, 2}), no_erase({3, 4}, 110), hit({5, 6})}) == "not found while it lived");
    BOOST_TEST(wrong({insert({1, 2}), sweep({3, 4}, 110), miss({5, 6}), hit({7, 8})}) == "not found while it lived");
}

BOOST_AUTO_TEST_CASE(a_miss_for_age_ends_with_the_touch_that_helps)
{
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 6}, 120), miss({4, 5}, 115)}) == "");
    BOOST_TEST(wrong({insert({1, 2}), touch({3, 4}, 120), miss({5, 6}, 115)}) ==
               "no order of the touches gives the expiries that were seen");
}

// For many small histories the verdict equals the result of a search through all orders.
BOOST_AUTO_TEST_CASE(the_verdict_is_that_of_a_search_through_all_orders)
{
    constexpr std::size_t histories = 100'000;
    random_histories random{1};
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < histories; ++i)
    {
        auto const calls = random.next();
        removals const removed{calls};
        auto const token = without_sweeps(calls);
        auto const verdict = check_token(token, removed).wrong;
        BOOST_REQUIRE_EQUAL(verdict.empty(), has_order(token, removed));
        accepted += verdict.empty();
    }
    BOOST_TEST(accepted > histories / 10);
    BOOST_TEST(accepted < histories * 9 / 10);
}

BOOST_AUTO_TEST_SUITE_END()
