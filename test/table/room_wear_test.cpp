// Memory for principals does not wear out.
#include "table/tokens.hpp"

#include <random>
#include <string>
#include <vector>

using namespace tokend;
using namespace tokend::testing;

namespace {

// One token each of principals of that size, until the table is full.
std::size_t taken_of(table& kept, std::size_t size, std::vector<token_key>& keys)
{
    std::size_t count = 0;
    for (; put(kept, random_key(), std::to_string(count) + std::string(size - 8, '.')) == insert_result::done; ++count)
        ;
    found_token found;
    for (token_walk walk{kept, [](auto) { return true; }}; walk.next(noon, found);)
        keys.push_back(found.key);
    return count;
}

void empty(table& kept, std::vector<token_key>& keys)
{
    for (auto const key : keys)
        BOOST_REQUIRE(kept.erase(key, noon));
    keys.clear();
    BOOST_REQUIRE_EQUAL(kept.size(), 0U);
    check_consistent(kept);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(room_wear_)

BOOST_AUTO_TEST_CASE(an_emptied_table_takes_what_a_fresh_one_takes_whatever_its_history)
{
    constexpr std::size_t room = std::size_t{4} << 20;
    constexpr table_options options{.capacity = 8192, .record_bytes = room};
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    constexpr int changes = 50'000;
#else
    constexpr int changes = 1'000'000;
#endif
    table kept{options};
    std::minstd_rand random{5};
    struct token
    {
        token_key key;
        std::size_t cells;
    };
    std::vector<token> live;
    std::size_t used = 0;  // cells, keepers included
    std::size_t refused = 0;
    std::string principal;
    for (int i = 0; i < changes; ++i)
    {
        auto const size = 100 + random() % (8192 - 100 + 1);
        auto const cells = 1 + (8 + size + 63) / 64;
        while ((used + cells) * 64 > room / 10 * 9)
        {
            std::swap(live[random() % live.size()], live.back());
            BOOST_REQUIRE(kept.erase(live.back().key, noon));
            used -= live.back().cells;
            live.pop_back();
        }
        principal.assign(size, static_cast<char>('a' + i % 26));
        principal.replace(0, 8, std::to_string(10'000'000 + i));
        auto const key = random_key();
        if (put(kept, key, principal) == insert_result::done)
        {
            live.push_back({key, cells});
            used += cells;
        }
        else
            ++refused;
    }
    BOOST_TEST_MESSAGE(refused << " of " << changes << " found no room in one piece");
    BOOST_TEST(refused < static_cast<std::size_t>(changes) / 10);
    std::vector<token_key> keys;
    for (auto const& token : live)
        keys.push_back(token.key);
    empty(kept, keys);
    for (std::size_t const size : {6500U, 8192U, 100U, 8192U, 700U})
    {
        table fresh{options};
        std::vector<token_key> ignored;
        BOOST_TEST(taken_of(kept, size, keys) == taken_of(fresh, size, ignored));
        empty(kept, keys);
    }
    BOOST_TEST(kept.bytes_used() <= table::most_bytes(options));
}

BOOST_AUTO_TEST_SUITE_END()
