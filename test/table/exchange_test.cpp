#include "table/limited.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

using namespace tokend;
using namespace tokend::testing;

namespace {

// Another thread ends the token between the choice of it and its end. The thread then waits for the owner's lock.
struct ending_beside
{
    explicit ending_beside(table& of, ledger& log, token_key key)
    {
        log.at_issue = [this, &of, key] {
            other = std::jthread{[&of, key] { std::ignore = of.erase(key, noon); }};
            while (has(of, key))
                std::this_thread::yield();
        };
    }
    std::jthread other;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(exchange_, limited)

BOOST_AUTO_TEST_CASE(the_oldest_token_of_all_units_goes_for_the_new_one_and_is_reported)
{
    ledger log;
    kept.report_to(log);
    std::vector<token_key> keys;
    for (int i = 0; i < 6; ++i)
    {
        keys.push_back(random_key());
        BOOST_TEST(put(keys.back(), evicting, {.unit = i % 3 == 0 ? "north" : "south", .now = noon + seconds{i}}) ==
                   insert_result::done);
        BOOST_TEST(evicted.has_value() == (i >= 2));
        if (i >= 2)
            BOOST_TEST((*evicted == keys[static_cast<std::size_t>(i) - 2]));
        BOOST_TEST(has(kept, keys.back(), noon + seconds{i}));
    }
    BOOST_TEST((log.issued == keys));
    BOOST_TEST((log.ended == std::vector(keys.begin(), keys.begin() + 4)));
    BOOST_TEST(count("alice", noon + seconds{6}) == 2U);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(an_owner_of_one_token_exchanges_it)
{
    token_limits const one{.max_sessions = 1, .policy = sessions_policy::evict_oldest};
    auto last = random_key();
    std::ignore = put(last, one);
    for (int i = 0; i < 100; ++i)
    {
        auto const next = random_key();
        BOOST_TEST(put(next, one, {.unit = i % 3 == 0 ? "north" : "south"}) == insert_result::done);
        BOOST_TEST((evicted == last));
        BOOST_TEST(has(kept, next));
        last = next;
    }
    BOOST_TEST(kept.census().records == 1U);
    check_consistent(kept);
}

// An end is reported when the token has left the table, and before it leaves the list of its owner.
BOOST_AUTO_TEST_CASE(a_token_that_is_just_ending_does_not_count)
{
    for (auto const& limits : {two, evicting})
    {
        ledger log;
        limited one;
        one.kept.report_to(log);
        auto const ending = random_key();
        auto const other = random_key();
        std::ignore = one.put(ending, limits);
        std::ignore = one.put(other, limits, {.unit = "south"});
        auto result = insert_result::full;
        log.at_end = [&] { result = one.put(limits); };
        BOOST_TEST(one.kept.erase(ending, noon));
        BOOST_TEST(result == insert_result::done);
        BOOST_TEST(!one.evicted.has_value());
        BOOST_TEST(has(one.kept, other));
        BOOST_TEST(one.count("alice") == 2U);
        check_consistent(one.kept);
    }
}

BOOST_AUTO_TEST_CASE(an_eviction_that_comes_second_ends_nothing)
{
    ledger log;
    token_share share;
    limited one{{.capacity = 3}};
    one.kept.report_to(log);
    auto limits = evicting;
    limits.share = &share;
    auto const oldest = random_key();
    auto const other = random_key();
    std::ignore = one.put(oldest, limits);
    std::ignore = one.put(other, limits);
    {
        ending_beside const beside{one.kept, log, oldest};
        BOOST_TEST(one.put(limits) == insert_result::done);
    }
    BOOST_TEST(!one.evicted.has_value());
    BOOST_TEST(has(one.kept, other));
    BOOST_TEST((log.ended == std::vector{oldest}));
    BOOST_TEST(one.kept.size() == 2U);
    BOOST_TEST(share.taken() == 2U);
    check_consistent(one.kept);
    BOOST_TEST(one.put({.share = &share}, {.user = "bob"}) == insert_result::done);
    BOOST_TEST(one.put({.share = &share}, {.user = "bob"}) == insert_result::full);
}

BOOST_AUTO_TEST_CASE(a_switch_that_comes_second_issues_nothing)
{
    ledger log;
    token_share share;
    limited one;
    one.kept.report_to(log);
    auto const old = random_key();
    std::ignore = one.put(old, {.share = &share});
    auto const fresh = random_key();
    auto whose = one.kept.prepare("alice west"sv, "alice"sv);
    whose.limits.share = &share;
    {
        ending_beside const beside{one.kept, log, old};
        BOOST_TEST(one.kept.exchange(old, fresh, whose, noon, noon + seconds{60}, noon) == insert_result::gone);
    }
    BOOST_TEST(!has(one.kept, fresh));
    BOOST_TEST(std::ranges::count(log.ended, fresh) == 1);
    BOOST_TEST(std::ranges::count(log.ended, old) == 1);
    BOOST_TEST(one.kept.size() == 0U);
    BOOST_TEST(share.taken() == 0U);
    BOOST_TEST(one.kept.census().records == 0U);
    check_consistent(one.kept);
}

// So many times that a slot or a place which it did not return would be missed.
BOOST_AUTO_TEST_CASE(what_the_chronicle_refuses_ends_nothing_and_takes_nothing)
{
    ledger log;
    token_share share;
    limited small{{.capacity = 3}};
    small.kept.report_to(log);
    auto limits = evicting;
    limits.share = &share;
    auto const oldest = random_key();
    std::ignore = small.put(oldest, limits);
    std::ignore = small.put(limits);
    for (int i = 0; i < 1000; ++i)
    {
        log.answer = i % 2 == 0 ? chronicle_result::unwritable : chronicle_result::full;
        auto const refused = i % 2 == 0 ? insert_result::unwritable : insert_result::full;
        BOOST_TEST(small.put(limits, {.unit = "west"}) == refused);
        BOOST_TEST(small.put(limits, {.user = "bob"}) == refused);
        BOOST_TEST(!small.evicted.has_value());
    }
    BOOST_TEST(has(small.kept, oldest));
    BOOST_TEST(log.ended.empty());
    BOOST_TEST(small.kept.size() == 2U);
    BOOST_TEST(share.taken() == 2U);
    log.answer = chronicle_result::done;
    for (int i = 0; i < 1000; ++i)
        BOOST_TEST(small.put(limits) == insert_result::done);
    BOOST_TEST(small.put(limits, {.user = "bob"}) == insert_result::done);
    check_consistent(small.kept);
}

BOOST_AUTO_TEST_CASE(an_exchange_needs_no_room_in_a_full_table_or_share)
{
    token_share share;
    limited small{{.capacity = 3}};
    token_limits limits{.share = &share, .max_tokens = 2, .max_sessions = 2, .policy = sessions_policy::evict_oldest};
    auto const oldest = random_key();
    std::ignore = small.put(oldest, limits);
    std::ignore = small.put(limits);
    BOOST_TEST(small.put(limits) == insert_result::done);
    BOOST_TEST((small.evicted == oldest));
    BOOST_TEST(small.put(limits, {.user = "bob"}) == insert_result::share_full);
    std::ignore = small.put({}, {.user = "carol"});
    for (int i = 0; i < 10; ++i)
        BOOST_TEST(small.put(limits) == insert_result::done);
    BOOST_TEST(small.put(limits, {.user = "bob"}) == insert_result::share_full);
    limits.max_tokens = 3;
    BOOST_TEST(small.put(limits, {.user = "bob"}) == insert_result::full);
    BOOST_TEST(share.taken() == 2U);
    BOOST_TEST(small.kept.size() == 3U);
    check_consistent(small.kept);
}

BOOST_AUTO_TEST_CASE(without_a_spare_slot_a_full_table_exchanges_nothing)
{
    limited full{{.capacity = 128, .load_percent = 100}};
    auto const oldest = random_key();
    std::ignore = full.put(oldest, evicting);
    std::ignore = full.put(evicting);
    for (int i = 0; i < 126; ++i)
        BOOST_REQUIRE(full.put({}, {.user = "bob"}) == insert_result::done);
    BOOST_TEST(full.put(evicting) == insert_result::full);
    BOOST_TEST(has(full.kept, oldest));
    check_consistent(full.kept);
}

BOOST_AUTO_TEST_CASE(a_token_of_another_unit_replaces_one_whatever_the_limits)
{
    ledger log;
    token_share share;
    limited small{{.capacity = 2}};
    small.kept.report_to(log);
    token_limits const limits{.share = &share, .max_tokens = 2, .max_sessions = 2};
    auto const old = random_key();
    std::ignore = small.put(old, limits);
    std::ignore = small.put(limits);
    auto const fresh = random_key();
    auto whose = small.kept.prepare("alice west"sv, "alice"sv);
    whose.limits = limits;
    auto const exchange = [&] { return small.kept.exchange(old, fresh, whose, noon, noon + seconds{60}, noon); };
    log.answer = chronicle_result::unwritable;
    BOOST_TEST(exchange() == insert_result::unwritable);
    BOOST_TEST(has(small.kept, old));
    log.answer = chronicle_result::done;
    BOOST_TEST(exchange() == insert_result::done);
    BOOST_TEST(!has(small.kept, old));
    BOOST_TEST(has(small.kept, fresh));
    BOOST_TEST((log.issued.back() == fresh));
    BOOST_TEST((log.ended == std::vector{old}));
    BOOST_TEST(exchange() == insert_result::gone);
    BOOST_TEST((small.kept.exchange(fresh, random_key(), whose, noon, noon + seconds{90}, noon + seconds{60}) ==
                insert_result::gone));
    BOOST_TEST(share.taken() == 2U);
    BOOST_TEST(small.kept.size() == 2U);
    BOOST_TEST(small.put(limits) == insert_result::owner_full);
    check_consistent(small.kept);
}

BOOST_AUTO_TEST_SUITE_END()
