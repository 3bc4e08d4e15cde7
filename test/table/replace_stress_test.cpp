// Principals that are replaced beside all else. A principal names its owner and says that twice, so another's or half
// of one cannot pass. To be run under the thread sanitizer too.
#include "table/tokens.hpp"

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace tokend;
using namespace tokend::testing;

namespace {

constexpr unsigned owners = 3;
constexpr unsigned forms = 3;

unsigned owner_of(token_key key) { return static_cast<unsigned>(key.b % owners); }

// Of another length in each form, so that blocks are cut otherwise each time.
std::string principal(unsigned owner, unsigned form)
{
    auto const half =
        std::string(1 + 70 * form + 9 * owner, static_cast<char>('a' + form)) + static_cast<char>('0' + owner);
    return half + half;
}

bool is_of(std::span<char const> bytes, unsigned owner)
{
    std::string_view const seen{bytes.data(), bytes.size()};
    for (unsigned form = 0; form < forms; ++form)
        if (seen == principal(owner, form))
            return true;
    return false;
}

std::string identity(unsigned owner) { return "owner " + std::to_string(owner); }

struct play
{
    table kept{{.capacity = 64, .record_bytes = 16 * 1024, .stripes = 2, .load_percent = 100}};
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};
    std::atomic<int> moved{0};
    std::atomic<int> met{0};
    std::vector<token_key> lasting;

    insert_result insert(token_key key, unsigned form, seconds life)
    {
        auto const bytes = principal(owner_of(key), form);
        auto const who = identity(owner_of(key));
        return kept.insert(key, kept.prepare(bytes, who), noon, noon + life, noon);
    }
    void change(unsigned seed, int rounds)
    {
        std::mt19937_64 random{seed};
        std::vector<token_key> mine;
        found_token found;
        for (int i = 0; i < rounds; ++i)
        {
            if (mine.size() < 12 && random() % 2 == 0)
            {
                token_key const key{random(), random()};
                if (insert(key, static_cast<unsigned>(random() % forms), seconds{60}) == insert_result::done)
                    mine.push_back(key);
                continue;
            }
            if (mine.empty())
                continue;
            std::swap(mine[random() % mine.size()], mine.back());
            auto const key = mine.back();
            wrong += !kept.find(key, noon, found) || !is_of(found.principal(), owner_of(key));
            wrong += !kept.touch(key, noon + seconds{60 + i}, noon);
            if (random() % 2 == 0)
            {
                wrong += !kept.erase(key, noon);
                mine.pop_back();
            }
        }
        for (auto const key : mine)
            wrong += !kept.erase(key, noon);
    }
    void replace(unsigned seed)
    {
        std::minstd_rand random{seed};
        while (!done)
        {
            auto const owner = static_cast<unsigned>(random() % owners);
            auto const from = principal(owner, static_cast<unsigned>(random() % forms));
            auto const to = principal(owner, static_cast<unsigned>(random() % forms));
            auto const who = identity(owner);
            moved += static_cast<int>(kept.replace_principal(from, kept.prepare(to, who), 1 + random() % 8));
        }
    }
    void find_lasting()
    {
        found_token found;
        while (!done)
            for (auto const key : lasting)
                wrong += !kept.find(key, noon, found) || !is_of(found.principal(), owner_of(key));
    }
    void walk()
    {
        found_token found;
        while (!done)
            for (unsigned owner = 0; owner < owners; ++owner)
            {
                auto const who = identity(owner);
                std::set<std::uint64_t> seen;
                for (token_walk walk{kept, who, [=](auto bytes) { return is_of(bytes, owner); }};
                     walk.next(noon, found); ++met)
                {
                    wrong += owner_of(found.key) != owner || !is_of(found.principal(), owner);
                    seen.insert(found.key.a);
                }
                for (auto const key : lasting)
                    wrong += owner_of(key) == owner && !seen.contains(key.a);
            }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replace_stress_, play)

BOOST_AUTO_TEST_CASE(each_token_has_one_of_its_owners_principals_whole_while_they_are_replaced)
{
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    constexpr int rounds = 5'000;
#else
    constexpr int rounds = 50'000;
#endif
    for (int i = 0; i < 20; ++i)
        BOOST_REQUIRE(insert(lasting.emplace_back(random_key()), 0, seconds{100'000}) == insert_result::done);
    {
        std::jthread const first_replacer{[this] { replace(3); }};
        std::jthread const second_replacer{[this] { replace(4); }};
        std::jthread const finder{[this] { find_lasting(); }};
        std::jthread const walker{[this] { walk(); }};
        {
            std::jthread const first{[this] { change(1, rounds); }};
            std::jthread const second{[this] { change(2, rounds); }};
        }
        done = true;
    }
    BOOST_TEST(wrong == 0);
    BOOST_TEST(moved > 0);
    BOOST_TEST(met > 0);
    check_consistent(kept);
    for (auto const key : lasting)
        BOOST_TEST(kept.erase(key, noon));
    BOOST_TEST(kept.census().records == 0U);
    BOOST_TEST(kept.size() == 0U);
    check_consistent(kept);
}

BOOST_AUTO_TEST_SUITE_END()
