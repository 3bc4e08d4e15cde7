#include "table/tokens.hpp"

#include <stdexcept>
#include <string>

using namespace tokend;
using namespace tokend::testing;

namespace {

std::string text(found_token const& found) { return {found.principal().begin(), found.principal().end()}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(table_)

BOOST_AUTO_TEST_CASE(a_token_is_found_as_it_was_inserted)
{
    table kept{{.capacity = 100}};
    auto const key = random_key();
    BOOST_TEST(kept.insert(key, kept.prepare(alice, alice), noon - seconds{5}, noon + seconds{60}, noon) ==
               insert_result::done);
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

BOOST_AUTO_TEST_CASE(tokens_past_their_line_are_found_and_leave_nothing_behind)
{
    for (std::uint64_t const home : {std::uint64_t{0}, ~std::uint64_t{0} << 8})  // the first line, the last one
    {
        table kept{{.capacity = 64}};
        auto const key = [&](std::uint64_t i) { return token_key{home + i, i}; };
        for (std::uint64_t i = 1; i <= 20; ++i)
            put(kept, key(i));
        BOOST_TEST(kept.census().path_length == 2U * (1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9));
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

BOOST_AUTO_TEST_CASE(a_path_leaves_a_page_when_all_of_it_is_taken)
{
    table kept{{.capacity = 150}};  // two pages of 128 slots
    auto const key = [](std::uint64_t i) { return token_key{i << 56, i * 0x9e37'79b9'7f4a'7c15}; };
    for (std::uint64_t i = 0; i < 128; ++i)
        put(kept, key(i));
    token_key const beyond{127ULL << 56, 0};
    put(kept, beyond);
    check_consistent(kept);
    for (std::uint64_t i = 0; i < 128; ++i)
        BOOST_TEST(has(kept, key(i)));
    BOOST_TEST(has(kept, beyond));
    BOOST_TEST(kept.census().path_length >= 64U);
    for (std::uint64_t i = 0; i < 128; ++i)
        BOOST_TEST(kept.erase(key(i), noon));
    BOOST_TEST(has(kept, beyond));
    BOOST_TEST(kept.census().path_length == 64U);
    check_consistent(kept);
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
