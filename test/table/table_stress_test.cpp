// Threads insert, find, erase, touch and sweep on one table. Every token proves itself: its key implies its principal,
// its issue and its end, so a read that mixes two tokens or sees a reused record cannot pass.
#include "table/history/spread.hpp"
#include "table/table.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <deque>
#include <random>
#include <string>
#include <thread>
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

constexpr std::uint32_t noon = 1'800'000'000;
constexpr std::uint32_t lasting = noon + 10'000'000;  // the end of tokens that no sweep of the test takes
constexpr std::uint32_t extension = 77;

sys_seconds at(std::uint32_t second) { return sys_seconds{seconds{second}}; }

std::uint64_t scramble(std::uint64_t x)  // splitmix64's, a bijection
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

// A token and all that its number implies.
struct proof
{
    std::uint64_t number;  // unique 32 (high) | end 32

    token_key key() const { return {scramble(number), scramble(~number)}; }
    std::uint32_t expires() const { return static_cast<std::uint32_t>(number); }
    std::uint32_t issued() const { return noon - static_cast<std::uint32_t>(scramble(number) % 1000); }
    std::string principal(unsigned principals) const
    {
        auto const user = scramble(number) / 1000 % principals;
        auto const name = "user " + std::to_string(user) + ' ';
        std::string text;
        while (text.size() < 40 + user * 37 % 400)
            text += name;
        return text;
    }
};

struct shape
{
    table_options options;
    unsigned principals;
    int threads;
    int operations;  // of each thread
};

struct arena
{
    explicit arena(shape const& s) : how{s}, kept{s.options}, seen(s.options.capacity * 2) {}

    shape const how;
    table kept;
    std::atomic<std::uint32_t> second = noon;
    std::vector<std::atomic<std::uint64_t>> seen;  // numbers of tokens of all threads, for the others to look for
    std::atomic<int> failures = 0;
    std::atomic<bool> done = false;

    void expect(bool holds) { failures += !holds; }
};

// One thread's tokens that last, and what it does with them.
class player
{
public:
    player(arena& where, unsigned number) : arena_{where}, random_{number}, next_{number} {}

    void play()
    {
        for (int i = 0; i < arena_.how.operations; ++i)
            switch (random_() % 16)
            {
            case 0:
            case 1:
            case 2:
                erase_own();
                break;
            case 3:
            case 4:
            case 5:
            case 6:
                find_own();
                break;
            case 7:
            case 8:
                find_any();
                break;
            case 9:
                touch_own();
                break;
            default:
                insert();
            }
    }

    bool is_whole(found_token const& found, proof const& p) const
    {
        auto const text = p.principal(arena_.how.principals);
        return std::ranges::equal(found.principal(), text) && found.issued_at == at(p.issued()) &&
               (found.expires_at == at(p.expires()) || found.expires_at == at(p.expires() + extension));
    }
    std::deque<proof> const& own() const { return own_; }

private:
    void insert()
    {
        auto const now = arena_.second.load();
        bool const lasts = random_() % 4 != 0;
        proof const p{(next_ += 16) << 32 | (lasts ? lasting : now + 1 + random_() % 3)};
        auto const principal = p.principal(arena_.how.principals);
        if (arena_.kept.insert(p.key(), arena_.kept.prepare(principal, principal), at(p.issued()), at(p.expires()),
                               at(now)) == insert_result::full)
            return;
        arena_.seen[random_() % arena_.seen.size()] = p.number;
        if (lasts)
            own_.push_back(p);
    }
    void erase_own()
    {
        if (own_.empty())
            return;
        auto const p = own_.front();
        own_.pop_front();
        arena_.expect(arena_.kept.erase(p.key(), at(arena_.second)));
        arena_.expect(!arena_.kept.find(p.key(), at(arena_.second), found_));
        arena_.expect(!arena_.kept.erase(p.key(), at(arena_.second)));
    }
    void find_own()
    {
        if (own_.empty())
            return;
        auto const& p = own_[random_() % own_.size()];
        arena_.expect(arena_.kept.find(p.key(), at(arena_.second), found_) && is_whole(found_, p));
    }
    void find_any()
    {
        proof const p{arena_.seen[random_() % arena_.seen.size()]};
        auto const now = arena_.second.load();
        if (p.number != 0 && arena_.kept.find(p.key(), at(now), found_))
            arena_.expect(is_whole(found_, p) && found_.expires_at > at(now));
    }
    void touch_own()
    {
        if (own_.empty())
            return;
        auto const& p = own_[random_() % own_.size()];
        arena_.expect(arena_.kept.touch(p.key(), at(p.expires() + extension), at(arena_.second)));
    }

    arena& arena_;
    std::mt19937_64 random_;
    std::uint64_t next_;
    std::deque<proof> own_;
    found_token found_;
};

std::size_t sweep_lap(table& kept, std::uint32_t now)
{
    std::size_t position = 0;
    std::size_t freed = 0;
    do
        freed += kept.sweep_slice(position, 64, at(now));
    while (position != 0);
    return freed;
}

void check_consistent(table& kept, std::size_t live)
{
    auto const count = kept.census();
    BOOST_TEST(kept.size() == live);
    BOOST_TEST(count.live == live);
    BOOST_TEST(count.busy == 0U);
    BOOST_TEST(count.mistold == 0U);
    BOOST_TEST(count.indexed == live);
}

void play(shape const& how)
{
    arena where{how};
    std::vector<player> players;
    for (int i = 0; i < how.threads; ++i)
        players.emplace_back(where, static_cast<unsigned>(i + 1));
    std::thread sweeping{[&] {
        testing::keep_on_processor(0);
        for (int laps = 1; !where.done; ++laps)
        {
            sweep_lap(where.kept, where.second);
            where.second += laps % 32 == 0;
        }
    }};
    std::vector<std::thread> playing;
    for (auto& p : players)
        playing.emplace_back([&p, number = static_cast<unsigned>(playing.size())] {
            testing::keep_on_processor(number);
            p.play();
        });
    for (auto& thread : playing)
        thread.join();
    where.done = true;
    sweeping.join();

    BOOST_TEST(where.failures == 0);
    BOOST_REQUIRE(where.second < lasting - 10);
    sweep_lap(where.kept, lasting - 1);
    std::size_t live = 0;
    for (auto const& p : players)
        live += p.own().size();
    check_consistent(where.kept, live);
    found_token found;
    for (auto const& p : players)
        for (auto const& token : p.own())
            BOOST_REQUIRE(where.kept.find(token.key(), at(lasting - 1), found) && p.is_whole(found, token));
    BOOST_TEST(sweep_lap(where.kept, lasting + extension) == live);
    check_consistent(where.kept, 0);
    BOOST_TEST(where.kept.census().records == 0U);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(table_stress_)

BOOST_AUTO_TEST_CASE(a_tiny_table_without_a_spare_slot)
{
    play({.options = {.capacity = 128, .stripes = 2, .load_percent = 100},
          .principals = 5,
          .threads = 3,
          .operations = 500'000 / scale});
}

BOOST_AUTO_TEST_CASE(a_small_table_whose_principals_hardly_fit)
{
    play({.options = {.capacity = 353, .record_bytes = 16 * 1024, .stripes = 2, .load_percent = 95},
          .principals = 60,
          .threads = 4,
          .operations = 250'000 / scale});
}

// One thread replaces a token as fast as it can, so that the cells of its principal are written again while others
// copy them.
BOOST_AUTO_TEST_CASE(a_reader_never_sees_a_record_that_is_used_again)
{
    constexpr int replacements = 50'000 / scale;
    table kept{{.capacity = 2, .record_bytes = 64 * 1024, .stripes = 2}};
    auto const principal = [](std::uint64_t number) { return std::string(8000, static_cast<char>('a' + number % 26)); };
    auto const key = [](std::uint64_t number) { return token_key{scramble(number), number}; };
    std::atomic<std::uint64_t> newest = 0;
    std::atomic<int> failures = 0;
    std::thread reading{[&] {
        testing::keep_on_processor(0);
        found_token found;
        for (std::uint64_t number = 0; number < replacements; number = newest)
            if (kept.find(key(number), at(noon), found))
                failures += !std::ranges::equal(found.principal(), principal(number));
    }};
    std::thread replacing{[&] {
        testing::keep_on_processor(1);
        for (std::uint64_t number = 1; number <= replacements; ++number)
        {
            auto const who = principal(number);
            failures += kept.insert(key(number), kept.prepare(who, who), at(noon), at(lasting), at(noon)) ==
                        insert_result::full;
            newest = number;
            failures += number > 1 && !kept.erase(key(number - 1), at(noon));
        }
    }};
    replacing.join();
    reading.join();
    BOOST_TEST(failures == 0);
    check_consistent(kept, 1);
}

BOOST_AUTO_TEST_CASE(a_table_of_everyday_shape)
{
    play({.options = {.capacity = 50'000}, .principals = 1000, .threads = 2, .operations = 750'000 / scale});
}

BOOST_AUTO_TEST_SUITE_END()
