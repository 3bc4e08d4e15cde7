#include "table/limited.hpp"

#include <string>
#include <tuple>
#include <vector>

using namespace tokend;
using namespace tokend::testing;

BOOST_FIXTURE_TEST_SUITE(limits_, limited)

BOOST_AUTO_TEST_CASE(an_owner_has_no_more_tokens_than_it_may_whatever_its_principals)
{
    BOOST_TEST(put(two, {.unit = "north"}) == insert_result::done);
    BOOST_TEST(put(two, {.unit = "south"}) == insert_result::done);
    for (auto const* const unit : {"north", "south", "west"})
        BOOST_TEST(put(two, {.unit = unit}) == insert_result::owner_full);
    BOOST_TEST(put(two, {.user = "bob"}) == insert_result::done);
    BOOST_TEST(put({}, {.unit = "west"}) == insert_result::done);
    BOOST_TEST(count("alice") == 3U);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(a_refused_token_leaves_nothing_behind)
{
    token_share share;
    token_limits const limits{.share = &share, .max_sessions = 2};
    std::ignore = put(limits);
    std::ignore = put(limits);
    auto const before = kept.census();
    BOOST_TEST(put(limits, {.unit = "west"}) == insert_result::owner_full);
    BOOST_TEST(put(limits) == insert_result::owner_full);
    auto const after = kept.census();
    BOOST_TEST(after.records == before.records);
    BOOST_TEST(after.addressed == before.addressed);
    BOOST_TEST(kept.size() == 2U);
    BOOST_TEST(share.taken() == 2U);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(a_token_that_ends_makes_room_for_one)
{
    auto const key = random_key();
    std::ignore = put(key, two);
    std::ignore = put(two, {.unit = "south"});
    BOOST_TEST(put(two) == insert_result::owner_full);
    BOOST_TEST(kept.erase(key, noon));
    BOOST_TEST(put(two, {.unit = "west"}) == insert_result::done);
    BOOST_TEST(put(two) == insert_result::owner_full);
}

BOOST_AUTO_TEST_CASE(an_expired_token_makes_room_at_its_second_before_it_is_swept)
{
    for (auto const& limits : {two, evicting})
    {
        limited one;
        std::ignore = one.put(limits, {.life = seconds{100}});
        auto const brief = random_key();
        std::ignore = one.put(brief, limits, {.unit = "south", .life = seconds{10}});
        auto const before = noon + seconds{9};
        if (limits.policy == sessions_policy::reject)
            BOOST_TEST(one.put(limits, {.now = before}) == insert_result::owner_full);
        auto const after = noon + seconds{10};
        BOOST_TEST(one.put(limits, {.now = after}) == insert_result::done);
        BOOST_TEST(!one.evicted.has_value());
        BOOST_TEST(one.count("alice", after) == 2U);
        check_consistent(one.kept);
    }
}

BOOST_AUTO_TEST_CASE(an_expired_token_is_found_behind_some_that_live)
{
    token_limits const limits{.max_sessions = 60};
    for (int i = 0; i < 59; ++i)
        std::ignore = put(limits, {.unit = i % 2 == 0 ? "north" : "south", .life = seconds{100}});
    std::ignore = put(limits, {.life = seconds{10}});
    auto const after = noon + seconds{10};
    BOOST_TEST(put(limits, {.now = after}) == insert_result::done);
    BOOST_TEST(put(limits, {.now = after}) == insert_result::owner_full);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(the_limit_of_an_owner_is_told_before_those_of_share_and_table)
{
    token_share share;
    limited small{{.capacity = 2}};
    token_limits const limits{.share = &share, .max_tokens = 2, .max_sessions = 2};
    std::ignore = small.put(limits);
    std::ignore = small.put(limits);
    BOOST_TEST(small.put(limits) == insert_result::owner_full);
    BOOST_TEST(small.put(limits, {.user = "bob"}) == insert_result::share_full);
    BOOST_TEST(small.put({}, {.user = "carol"}) == insert_result::full);
    limited large;
    token_share other;
    token_limits const same{.share = &other, .max_tokens = 2, .max_sessions = 2};
    std::ignore = large.put(same);
    std::ignore = large.put(same);
    BOOST_TEST(large.put(same) == insert_result::owner_full);
    BOOST_TEST(large.put(same, {.user = "bob"}) == insert_result::share_full);
}

BOOST_AUTO_TEST_CASE(a_share_is_exact_however_its_tokens_end)
{
    token_share share;
    token_limits const limits{.share = &share, .max_tokens = 3};
    std::vector<token_key> keys;
    for (int i = 0; i < 3; ++i)
        std::ignore = put(keys.emplace_back(random_key()), limits, {.user = std::to_string(i), .life = seconds{10}});
    BOOST_TEST(put(limits, {.user = "bob"}) == insert_result::share_full);
    BOOST_TEST(put({}, {.user = "carol"}) == insert_result::done);
    BOOST_TEST(kept.erase(keys[0], noon));
    BOOST_TEST(share.taken() == 2U);
    auto const after = noon + seconds{10};
    BOOST_TEST(put(limits, {.user = "bob", .now = after}) == insert_result::done);  // the third one
    BOOST_TEST(put(limits, {.user = "bob", .now = after}) == insert_result::done);  // expired tokens make room
    BOOST_TEST(share.taken() == 2U);
    std::size_t position = 0;
    kept.sweep_slice(position, kept.slots_for({.capacity = 1000}), noon + seconds{1000});
    BOOST_TEST(share.taken() == 0U);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(a_principal_that_replaces_another_keeps_share_and_limit)
{
    token_share share;
    token_limits const limits{.share = &share, .max_sessions = 2};
    auto const key = random_key();
    std::ignore = put(key, limits);
    std::ignore = put(limits);
    std::string const next = "alice of other groups";
    BOOST_TEST(kept.replace_principal(std::string_view{"alice north"}, kept.prepare(next, std::string{"alice"}), 1) ==
               1U);
    BOOST_TEST(share.taken() == 2U);
    BOOST_TEST(put(limits) == insert_result::owner_full);
    BOOST_TEST(kept.replace_principal(std::string_view{"alice north"}, kept.prepare(next, std::string{"alice"}), 9) ==
               1U);
    BOOST_TEST(put(limits, {.unit = "west"}) == insert_result::owner_full);
    BOOST_TEST(kept.erase(key, noon));
    BOOST_TEST(share.taken() == 1U);
    BOOST_TEST(put(limits) == insert_result::done);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(tokens_beyond_a_lower_limit_stay_and_none_comes_until_enough_have_ended)
{
    token_share share;
    std::vector<token_key> keys;
    for (int i = 0; i < 5; ++i)
        std::ignore = put(keys.emplace_back(random_key()), {.share = &share, .max_sessions = 5});
    token_limits const lower{.share = &share, .max_tokens = 3, .max_sessions = 4};
    BOOST_TEST(put(lower) == insert_result::owner_full);
    BOOST_TEST(put(lower, {.user = "bob"}) == insert_result::share_full);
    for (auto const key : keys)
        BOOST_TEST(has(kept, key));
    std::ignore = kept.erase(keys[0], noon);
    std::ignore = kept.erase(keys[1], noon);
    BOOST_TEST(put(lower) == insert_result::share_full);
    std::ignore = kept.erase(keys[2], noon);
    BOOST_TEST(put(lower) == insert_result::done);
    token_limits const exchanging{.share = &share, .max_sessions = 1, .policy = sessions_policy::evict_oldest};
    BOOST_TEST(put(exchanging) == insert_result::done);  // one for one
    BOOST_TEST((evicted == keys[3]));
    BOOST_TEST(share.taken() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
