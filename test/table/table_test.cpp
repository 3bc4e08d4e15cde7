#include "table/table.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace tokend;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

constexpr sys_seconds noon{seconds{1'800'000'000}};
std::string const alice = "alice of ACME";
std::string const bob = "bob of ACME";

token_key random_key()
{
    static std::mt19937_64 random{42};
    return {random(), random()};
}

insert_result put(table& kept, token_key key, std::string const& who = alice, seconds life = seconds{60},
                  sys_seconds now = noon)
{
    return kept.insert(key, who, now, now + life, now);
}

bool has(table const& kept, token_key key, sys_seconds now = noon)
{
    found_token found;
    return kept.find(key, now, found);
}

std::string text(found_token const& found) { return {found.principal().begin(), found.principal().end()}; }

void check_consistent(table const& kept)
{
    auto const count = kept.census();
    BOOST_TEST(count.live == kept.size());
    BOOST_TEST(count.busy == 0U);
    BOOST_TEST(count.passers == count.path_length);
    BOOST_TEST(count.held == count.live);
}

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(insert_result)

BOOST_AUTO_TEST_SUITE(table_)

BOOST_AUTO_TEST_CASE(a_token_is_found_as_it_was_inserted)
{
    table kept{{.capacity = 100}};
    auto const key = random_key();
    BOOST_TEST(kept.insert(key, alice, noon - seconds{5}, noon + seconds{60}, noon) == insert_result::done);
    found_token found;
    BOOST_REQUIRE(kept.find(key, noon, found));
    BOOST_TEST(text(found) == alice);
    BOOST_TEST((found.issued_at == noon - seconds{5}));
    BOOST_TEST((found.expires_at == noon + seconds{60}));
}

BOOST_AUTO_TEST_CASE(other_keys_are_unknown_even_with_one_half_in_common)
{
    table kept{{.capacity = 100}};
    auto const key = random_key();
    put(kept, key);
    BOOST_TEST(!has(kept, {key.a, key.b + 1}));
    BOOST_TEST(!has(kept, {key.a + 1, key.b}));
    BOOST_TEST(!has(kept, {0, 0}));
    BOOST_TEST(!kept.erase({key.a, key.b + 1}, noon));
    BOOST_TEST(!kept.touch({key.a, key.b + 1}, noon + seconds{99}, noon));
}

BOOST_AUTO_TEST_CASE(a_key_of_zeros_is_a_key)
{
    table kept{{.capacity = 100}};
    put(kept, {0, 0});
    BOOST_TEST(has(kept, {0, 0}));
    BOOST_TEST(kept.erase({0, 0}, noon));
    BOOST_TEST(!has(kept, {0, 0}));
}

BOOST_AUTO_TEST_CASE(a_token_is_found_until_the_second_it_expires)
{
    table kept{{.capacity = 100}};
    auto const key = random_key();
    put(kept, key);
    BOOST_TEST(has(kept, key, noon + seconds{59}));
    BOOST_TEST(!has(kept, key, noon + seconds{60}));
    BOOST_TEST(!kept.touch(key, noon + seconds{120}, noon + seconds{60}));
}

BOOST_AUTO_TEST_CASE(an_erased_token_is_gone_and_cannot_be_erased_twice)
{
    table kept{{.capacity = 100}};
    auto const key = random_key();
    put(kept, key);
    BOOST_TEST(kept.erase(key, noon));
    BOOST_TEST(!has(kept, key));
    BOOST_TEST(!kept.erase(key, noon));
    BOOST_TEST(kept.size() == 0U);
}

BOOST_AUTO_TEST_CASE(erasing_an_expired_token_says_that_it_was_not_there_and_frees_it)
{
    table kept{{.capacity = 100}};
    auto const key = random_key();
    put(kept, key);
    BOOST_TEST(!kept.erase(key, noon + seconds{60}));
    BOOST_TEST(kept.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_touch_moves_the_end_later_only_and_nothing_else)
{
    table kept{{.capacity = 100}};
    auto const key = random_key();
    put(kept, key);
    BOOST_TEST(kept.touch(key, noon + seconds{90}, noon));
    BOOST_TEST(kept.touch(key, noon + seconds{30}, noon));
    found_token found;
    BOOST_REQUIRE(kept.find(key, noon + seconds{89}, found));
    BOOST_TEST((found.issued_at == noon));
    BOOST_TEST((found.expires_at == noon + seconds{90}));
    BOOST_TEST(text(found) == alice);
}

BOOST_AUTO_TEST_CASE(issue_is_exact_up_to_the_longest_span)
{
    table kept{{.capacity = 100}};
    auto const at_once = random_key();
    auto const by_touch = random_key();
    put(kept, at_once, alice, longest_kept);
    put(kept, by_touch);
    BOOST_TEST(kept.touch(by_touch, noon + longest_kept, noon));
    for (auto const key : {at_once, by_touch})
    {
        found_token found;
        BOOST_REQUIRE(kept.find(key, noon + longest_kept - seconds{1}, found));
        BOOST_TEST((found.issued_at == noon));
    }
}

BOOST_AUTO_TEST_CASE(the_capacity_is_exact)
{
    for (unsigned const load : {75U, 100U})
    {
        table kept{{.capacity = 101, .load_percent = load}};
        std::vector<token_key> keys;
        for (int i = 0; i < 101; ++i)
        {
            keys.push_back(random_key());
            BOOST_REQUIRE(put(kept, keys.back()) == insert_result::done);
        }
        BOOST_TEST(put(kept, random_key()) == insert_result::full);
        for (auto const key : keys)
            BOOST_TEST(has(kept, key));
        BOOST_TEST(kept.erase(keys[50], noon));
        BOOST_TEST(put(kept, random_key()) == insert_result::done);
        BOOST_TEST(put(kept, random_key()) == insert_result::full);
        BOOST_TEST(kept.size() == kept.capacity());
        check_consistent(kept);
    }
}

BOOST_AUTO_TEST_CASE(a_full_table_takes_expired_slots_and_no_live_one)
{
    table kept{{.capacity = 200}};
    std::vector<token_key> lasting;
    for (int i = 0; i < 100; ++i)
    {
        lasting.push_back(random_key());
        put(kept, lasting.back(), alice, seconds{1000});
        put(kept, random_key(), bob, seconds{10});
    }
    auto const before = noon + seconds{9};
    BOOST_TEST(put(kept, random_key(), alice, seconds{500}, before) == insert_result::full);
    auto const after = noon + seconds{10};
    for (int i = 0; i < 100; ++i)
        BOOST_REQUIRE(put(kept, random_key(), alice, seconds{500}, after) == insert_result::done);
    BOOST_TEST(put(kept, random_key(), alice, seconds{500}, after) == insert_result::full);
    for (auto const key : lasting)
        BOOST_TEST(has(kept, key, after));
    BOOST_TEST(kept.census().records == 1U);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(a_full_table_knows_of_tokens_inserted_after_it_last_looked)
{
    table kept{{.capacity = 2}};
    auto const first = random_key();
    put(kept, first, alice, seconds{100});
    put(kept, random_key(), alice, seconds{200});
    BOOST_TEST(put(kept, random_key()) == insert_result::full);
    kept.erase(first, noon);
    put(kept, random_key(), alice, seconds{5});
    BOOST_TEST(put(kept, random_key(), alice, seconds{50}, noon + seconds{4}) == insert_result::full);
    BOOST_TEST(put(kept, random_key(), alice, seconds{50}, noon + seconds{5}) == insert_result::done);
}

BOOST_AUTO_TEST_CASE(without_room_for_another_principal_it_is_full_until_one_expires)
{
    table kept{{.capacity = 1000, .record_bytes = 16 * 1024, .stripes = 2}};
    std::string const large(8000, 'x');
    put(kept, random_key(), large, seconds{10});
    int principals = 0;
    while (put(kept, random_key(), std::to_string(principals) + std::string(700, '.')) == insert_result::done)
        ++principals;
    BOOST_TEST(principals == 9);  // 13 cells each, in what 127 of 255 leave
    BOOST_TEST(kept.size() == 10U);
    BOOST_TEST(put(kept, random_key(), large) == insert_result::done);
    auto const other = std::string(8000, 'y');
    BOOST_TEST(put(kept, random_key(), other, seconds{60}, noon + seconds{59}) == insert_result::full);
    BOOST_TEST(put(kept, random_key(), other, seconds{60}, noon + seconds{60}) == insert_result::done);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(a_million_tokens_of_one_principal_keep_one_record)
{
    std::size_t const count = 1'000'000;
    table kept{{.capacity = count, .record_bytes = 16 * 1024}};
    for (std::size_t i = 0; i < count; ++i)
        BOOST_REQUIRE(put(kept, random_key()) == insert_result::done);
    BOOST_TEST(kept.census().records == 1U);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(no_insert_is_refused_at_99_percent)
{
    table kept{{.capacity = 10'000}};
    std::vector<token_key> keys;
    for (int i = 0; i < 9'900; ++i)
        put(kept, keys.emplace_back(random_key()));
    std::minstd_rand random{7};
    for (int i = 0; i < 1'000'000; ++i)
    {
        auto& key = keys[random() % keys.size()];
        BOOST_REQUIRE(kept.erase(key, noon));
        key = random_key();
        BOOST_REQUIRE(put(kept, key) == insert_result::done);
    }
    for (auto const key : keys)
        BOOST_REQUIRE(has(kept, key));
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(tokens_past_their_pair_are_found_and_leave_nothing_behind)
{
    for (std::uint64_t const home : {std::uint64_t{0}, ~std::uint64_t{0} << 8})  // the first pair, the last one
    {
        table kept{{.capacity = 64}};
        auto const key = [&](std::uint64_t i) { return token_key{home + i, i}; };
        for (std::uint64_t i = 1; i <= 20; ++i)
            put(kept, key(i));
        BOOST_TEST(kept.census().path_length == 4U * (1 + 2 + 3 + 4));
        check_consistent(kept);
        for (std::uint64_t i = 1; i <= 20; i += 2)
            BOOST_TEST(kept.erase(key(i), noon));
        for (std::uint64_t i = 1; i <= 20; ++i)
            BOOST_TEST(has(kept, key(i)) == (i % 2 == 0));
        check_consistent(kept);
        for (std::uint64_t i = 2; i <= 20; i += 2)
            BOOST_TEST(kept.erase(key(i), noon));
        BOOST_TEST(kept.census().passers == 0U);
    }
}

BOOST_AUTO_TEST_CASE(a_sweep_gives_back_what_has_expired_lap_by_lap)
{
    table kept{{.capacity = 1000}};
    for (int i = 0; i < 600; ++i)
        put(kept, random_key(), i % 2 == 0 ? alice : bob, i % 2 == 0 ? seconds{10} : seconds{20});
    std::size_t position = 0;
    auto const lap = [&](sys_seconds now) {
        std::size_t freed = 0;
        do
            freed += kept.sweep_slice(position, 100, now);
        while (position != 0);
        return freed;
    };
    BOOST_TEST(lap(noon + seconds{9}) == 0U);
    BOOST_TEST(lap(noon + seconds{10}) == 300U);
    BOOST_TEST(kept.census().records == 1U);
    check_consistent(kept);
    BOOST_TEST(lap(noon + seconds{20}) == 300U);
    BOOST_TEST(kept.size() == 0U);
    BOOST_TEST(kept.census().passers == 0U);
}

BOOST_AUTO_TEST_CASE(impossible_options_are_refused)
{
    BOOST_CHECK_THROW(table{{.capacity = 0}}, std::invalid_argument);
    BOOST_CHECK_THROW(table{{.capacity = std::size_t{1} << 32}}, std::invalid_argument);
    BOOST_CHECK_THROW((table{{.capacity = 10, .load_percent = 101}}), std::invalid_argument);
    BOOST_CHECK_THROW((table{{.capacity = 10, .record_bytes = 100}}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
