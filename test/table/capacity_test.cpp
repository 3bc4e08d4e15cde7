#include "table/tokens.hpp"

#include <random>
#include <string>
#include <vector>

using namespace tokend;
using namespace tokend::testing;

BOOST_AUTO_TEST_SUITE(capacity_)

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
    BOOST_TEST(kept.erase(first, noon));
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

BOOST_AUTO_TEST_SUITE_END()
