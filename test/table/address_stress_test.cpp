// Addresses beside threads: a key's address follows from the key, so another token's cannot pass. To be run under the
// thread sanitizer too.
#include "table/tokens.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

using namespace tokend;
using namespace tokend::testing;

namespace {

// Of any length up to two words and more, shared by some keys; none for every eighth.
std::string address_for(token_key key)
{
    auto const number = key.b % 64;
    return number % 8 == 0 ? std::string{}
                           : std::to_string(number) + std::string(number / 2, static_cast<char>('a' + number % 26));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(address_stress_)

BOOST_AUTO_TEST_CASE(each_token_has_its_own_address_while_tokens_come_and_go)
{
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    constexpr int rounds = 4'000;
#else
    constexpr int rounds = 20'000;
#endif
    table kept{{.capacity = 60, .record_bytes = 16 * 1024, .stripes = 2, .load_percent = 100}};
    std::atomic<bool> done{false};
    std::atomic<int> wrong{0};
    std::atomic<int> seen{0};
    auto const change = [&](unsigned seed) {
        std::mt19937_64 random{seed};
        std::vector<token_key> mine;
        for (int i = 0; i < rounds; ++i)
        {
            if (mine.size() < 28 && random() % 2 == 0)
            {
                token_key const key{random(), random()};
                auto const who = std::to_string(random() % 4);
                auto const address = address_for(key);
                auto whose = kept.prepare(who, who);
                whose.address = address;
                if (kept.insert(key, whose, noon, noon + seconds{60}, noon) == insert_result::done)
                    mine.push_back(key);
                wrong += kept.address_of(key).view() != address;
            }
            else if (!mine.empty())
            {
                std::swap(mine[random() % mine.size()], mine.back());
                wrong += !kept.erase(mine.back(), noon);
                mine.pop_back();
            }
        }
        for (auto const key : mine)
            std::ignore = kept.erase(key, noon);
    };
    auto const look = [&] {
        found_token found;
        while (!done)
            for (token_walk walk{kept, [](auto) { return true; }}; walk.next(noon, found); ++seen)
                if (!walk.address().empty())  // else its insert may not have returned
                    wrong += walk.address() != address_for(found.key);
    };
    {
        std::jthread const walker{look};
        {
            std::jthread const first{change, 1};
            std::jthread const second{change, 2};
        }
        done = true;
    }
    BOOST_TEST(wrong == 0);
    BOOST_TEST(seen > 0);
    BOOST_TEST(kept.size() == 0U);
    BOOST_TEST(kept.census().addresses == 0U);
    BOOST_TEST(kept.census().addressed == 0U);
    check_consistent(kept);
}

BOOST_AUTO_TEST_SUITE_END()
