// Threads insert and end tokens of few owners while others walk over them. Every token's principal names its key, so a
// walk that meets a token under a wrong principal, or of another owner, is noticed. A walk must meet all tokens that
// last.
#include "table/token_walk.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

using namespace tokend;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
constexpr int scale = 5;  // slower by about this
#else
constexpr int scale = 1;
#endif

constexpr sys_seconds noon{seconds{1'800'000'000}};
constexpr std::uint64_t owners = 5;
constexpr std::uint64_t lasting_each = 20;

std::string owner(std::uint64_t number) { return "owner " + std::to_string(number % owners) + ' '; }
std::string principal(std::uint64_t number) { return owner(number) + std::to_string(number / owners % 7); }
token_key key(std::uint64_t number) { return {number * 0x9e37'79b9'7f4a'7c15, number}; }

struct crowd
{
    table kept{{.capacity = 496, .record_bytes = 64 * 1024, .stripes = 2, .load_percent = 100}};
    std::atomic<int> failures = 0;
    std::atomic<bool> done = false;

    crowd()
    {
        for (std::uint64_t number = 0; number < owners * lasting_each; ++number)
            insert(number, seconds{1000});
    }
    bool insert(std::uint64_t number, seconds life)
    {
        auto const who = principal(number);
        auto const whose = owner(number);
        return kept.insert(key(number), kept.prepare(who, whose), noon, noon + life, noon) == insert_result::done;
    }
    // Tokens come and go, in part by the sweep, which the walkers' ends contend with.
    void churn(unsigned thread)
    {
        std::minstd_rand random{thread};
        std::vector<std::uint64_t> own;
        std::uint64_t next = 1'000'000ULL * thread;
        for (int i = 0; i < 1'000'000 / scale; ++i)
            if (random() % 2 == 0 || own.empty())
            {
                if (insert(++next, seconds{random() % 4 == 0 ? 1 : 500}))
                    own.push_back(next);
            }
            else
            {
                std::ignore = kept.erase(key(own.back()), noon);
                own.pop_back();
            }
        for (auto const number : own)
            std::ignore = kept.erase(key(number), noon);
    }
    void sweep()
    {
        for (std::size_t position = 0; !done;)
            kept.sweep_slice(position, 64, noon + seconds{1});
    }
    void walk(unsigned thread)
    {
        for (std::uint64_t whose = thread; !done; ++whose)
        {
            auto const name = owner(whose);
            token_walk walk{kept, name, [&](std::span<char const> who) {
                                return std::string_view{who.data(), who.size()}.starts_with(name);
                            }};
            std::set<std::uint64_t> lasting;
            for (found_token found; walk.next(noon, found);)
            {
                auto const number = found.key.b;
                failures += found.key != key(number);
                failures += !std::ranges::equal(found.principal(), principal(number));
                failures += owner(number) != name;
                if (number < owners * lasting_each)
                    lasting.insert(number);
                else if (whose % 3 == 0)
                    std::ignore = kept.erase(found.key, noon);
            }
            failures += lasting.size() != lasting_each;
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(token_walk_stress_, crowd)

BOOST_AUTO_TEST_CASE(a_walk_meets_every_token_that_lasts_and_nobody_elses)
{
    std::thread sweeping{[this] { sweep(); }};
    std::vector<std::thread> walking;
    for (unsigned thread = 1; thread <= 2; ++thread)
        walking.emplace_back([this, thread] { walk(thread); });
    std::vector<std::thread> churning;
    for (unsigned thread = 1; thread <= 2; ++thread)
        churning.emplace_back([this, thread] { churn(thread); });
    for (auto& thread : churning)
        thread.join();
    done = true;
    for (auto& thread : walking)
        thread.join();
    sweeping.join();

    BOOST_TEST(failures == 0);
    std::size_t position = 0;
    do
        kept.sweep_slice(position, 64, noon + seconds{500});
    while (position != 0);
    auto const count = kept.census();
    BOOST_TEST(count.live == owners * lasting_each);
    BOOST_TEST(count.indexed == count.live);
    BOOST_TEST(count.busy == 0U);
    BOOST_TEST(count.mistold == 0U);
    BOOST_TEST(count.records == owners * 7);
}

BOOST_AUTO_TEST_SUITE_END()
