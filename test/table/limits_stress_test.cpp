// Threads insert, end, sweep and replace at the limits of owners and of a share. Every thread counts a token after it
// has inserted it, and stops counting it before it ends it. So the counts are never more than what is live, and a count
// above a limit proves that the table has exceeded it. At the end no place may be missing.
#include "history/spread.hpp"
#include "table/tokens.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <latch>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

using namespace tokend;
using namespace tokend::testing;

namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
constexpr int scale = 5;  // slower by about this
#else
constexpr int scale = 1;
#endif

constexpr unsigned threads = 4;
constexpr unsigned owners = 6;
constexpr std::size_t most_of_owner = 11;
constexpr std::size_t most_of_share = 50;  // fewer than the owners may have together

// A key names the owner of its token, so whatever is found under it proves itself.
token_key key_of(unsigned owner, unsigned thread, std::uint64_t number)
{
    return {(number * 64 + thread * 8 + owner) * 0x9e37'79b9'7f4a'7c15, owner};
}
std::string name_of(std::uint64_t owner) { return "owner " + std::to_string(owner) + ' '; }

bool is_of(std::span<char const> principal, std::uint64_t owner)
{
    return std::string_view{principal.data(), principal.size()}.starts_with(name_of(owner));
}

class arena
{
public:
    explicit arena(table_options options = {.capacity = 500, .stripes = 2}) : kept{options} {}

    insert_result put(token_key key, char unit, token_limits const& limits, sys_seconds issued, seconds life)
    {
        auto const name = name_of(key.b);
        auto const who = name + unit;
        auto whose = kept.prepare(who, name);
        whose.limits = limits;
        whose.limits.share = &share;
        std::optional<token_key> gone;
        auto const result = kept.insert(key, whose, issued, noon + life, noon, &gone);
        if (gone)
            expect(*gone != key && gone->b == key.b && !has(kept, *gone) && result == insert_result::done);
        last_evicted = gone;
        return result;
    }
    insert_result exchange(token_key old, token_key key, char unit)
    {
        auto const name = name_of(key.b);
        auto const who = name + unit;
        auto whose = kept.prepare(who, name);
        whose.limits.share = &share;
        return kept.exchange(old, key, whose, noon, noon + seconds{1000}, noon);
    }
    // Of an owner, as a walk counts them.
    std::size_t count(std::uint64_t owner)
    {
        token_walk all{kept, name_of(owner), [&](std::span<char const> who) { return is_of(who, owner); }};
        std::size_t sum = 0;
        for (found_token found; all.next(noon, found);)
            sum += found.key.b == owner ? 1 : 0;
        return sum;
    }
    void expect(bool holds) { failures += holds ? 0 : 1; }

    table kept;
    token_share share;
    std::atomic<int> failures = 0;
    static thread_local std::optional<token_key> last_evicted;
};
thread_local std::optional<token_key> arena::last_evicted;

template <class Work>
void in_threads(Work work)
{
    std::latch begin{threads};
    std::vector<std::jthread> all;
    for (unsigned number = 0; number < threads; ++number)
        all.emplace_back([&, number] {
            keep_on_processor(number);
            begin.arrive_and_wait();
            work(number);
        });
}

// Counts what is surely live, by owner and in all.
class sure_counts
{
public:
    explicit sure_counts(arena& where) : arena_{where} {}
    void add(std::uint64_t owner)
    {
        arena_.expect(++of_owner_[owner] <= most_of_owner);
        arena_.expect(++all_ <= most_of_share);
    }
    void remove(std::uint64_t owner)
    {
        --of_owner_[owner];
        --all_;
    }
    std::size_t of(std::uint64_t owner) const { return of_owner_[owner]; }

private:
    arena& arena_;
    std::array<std::atomic<std::size_t>, owners> of_owner_{};
    std::atomic<std::size_t> all_ = 0;
};

constexpr token_limits limits{.max_tokens = most_of_share, .max_sessions = most_of_owner};

// What one thread does with the tokens of all owners.
void play(arena& where, sure_counts& sure, unsigned thread)
{
    std::minstd_rand random{thread + 1};
    std::deque<token_key> own;
    for (int i = 0; i < 40'000 / scale; ++i)
    {
        auto const owner = static_cast<unsigned>(random() % owners);
        auto const what = random() % 16;
        if (what < 10)
        {
            auto const key = key_of(owner, thread, static_cast<std::uint64_t>(i));
            bool const lasts = what < 9;
            if (where.put(key, "ns"[random() % 2], limits, noon - seconds{i % 50}, seconds{lasts ? 1000 : 1}) !=
                    insert_result::done ||
                !lasts)
                continue;
            sure.add(owner);
            own.push_back(key);
        }
        else if (what < 13 && !own.empty())
        {
            auto const key = own.front();
            own.pop_front();
            sure.remove(key.b);
            where.expect(where.kept.erase(key, noon));
        }
        else if (what < 14 && !own.empty())
        {
            auto const old = std::exchange(
                own.front(), key_of(static_cast<unsigned>(own.front().b), thread, static_cast<std::uint64_t>(i)));
            where.expect(where.exchange(old, own.front(), "nsx"[i % 3]) == insert_result::done);
            where.expect(!has(where.kept, old));
        }
        else if (!own.empty())
        {
            found_token found;
            auto const key = own[random() % own.size()];
            where.expect(where.kept.find(key, noon, found) && is_of(found.principal(), key.b));
            where.expect(where.kept.touch(key, noon + seconds{1000 + i}, noon));
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(limits_stress_)

BOOST_AUTO_TEST_CASE(of_threads_that_insert_at_once_as_many_succeed_as_may)
{
    for (int round = 0; round < 200 / scale; ++round)
    {
        arena where;
        std::array<std::atomic<std::size_t>, owners> done{};
        bool const by_share = round % 2 == 1;
        token_limits const these{.max_tokens = by_share ? most_of_share : token_limits::none,
                                 .max_sessions = most_of_owner};
        in_threads([&](unsigned thread) {
            for (unsigned i = 0; i < owners * (most_of_owner + 2); ++i)
            {
                auto const owner = (i + thread) % owners;
                done[owner] +=
                    where.put(
                        key_of(owner, thread, i), "ns" [i % 2], these, noon, seconds { 60 }) == insert_result::done;
            }
        });
        std::size_t sum = 0;
        for (unsigned owner = 0; owner < owners; ++owner)
        {
            where.expect(by_share ? done[owner] <= most_of_owner : done[owner] == most_of_owner);
            where.expect(where.count(owner) == done[owner]);
            sum += done[owner];
        }
        BOOST_TEST(sum == (by_share ? most_of_share : owners * most_of_owner));
        BOOST_TEST(where.share.taken() == sum);
        BOOST_TEST(where.failures == 0);
        check_consistent(where.kept);
    }
}

BOOST_AUTO_TEST_CASE(no_limit_is_exceeded_and_no_place_is_lost_while_tokens_come_and_go)
{
    arena where;
    sure_counts sure{where};
    std::vector<std::jthread> beside;
    beside.emplace_back([&](std::stop_token const& stop) {
        for (std::size_t position = 0; !stop.stop_requested();)
            where.kept.sweep_slice(position, 64, noon + seconds{2});
    });
    beside.emplace_back([&](std::stop_token const& stop) {
        for (unsigned i = 0; !stop.stop_requested(); ++i)
        {
            auto const name = name_of(i % owners);
            auto const to = name + "nsx"[i % 3];
            std::ignore = where.kept.replace_principal(name + "sxn"[i % 3], where.kept.prepare(to, name), 3);
        }
    });
    in_threads([&](unsigned thread) { play(where, sure, thread); });
    beside.clear();
    std::size_t position = 0;
    do
        where.kept.sweep_slice(position, 64, noon + seconds{2});
    while (position != 0);
    BOOST_TEST(where.failures == 0);
    BOOST_TEST(where.share.taken() == where.kept.size());
    for (unsigned owner = 0; owner < owners; ++owner)
    {
        BOOST_TEST(where.count(owner) == sure.of(owner));
        std::size_t more = 0;
        while (where.put(key_of(owner, 7, more), 'n', {.max_sessions = most_of_owner}, noon, seconds{9}) ==
               insert_result::done)
            ++more;
        BOOST_TEST(sure.of(owner) + more == most_of_owner);
    }
    check_consistent(where.kept);
}

// Threads exchange and release the same tokens. The chronicle must know of each token that lives, and of no other.
BOOST_AUTO_TEST_CASE(of_a_switch_and_a_release_of_one_token_exactly_one_succeeds)
{
    struct counting final : chronicle
    {
        chronicle_result add_issue(chronicle_issue const&) noexcept override
        {
            return ++issued, chronicle_result::done;
        }
        void add_touch(token_key, sys_seconds, sys_seconds) noexcept override {}
        void add_end(token_key) noexcept override { ++ended; }
        void add_replacement(std::uint64_t, chronicle_record const&) noexcept override {}
        std::atomic<std::size_t> issued = 0;
        std::atomic<std::size_t> ended = 0;
    };
    constexpr unsigned tokens = 20'000 / scale;
    counting log;
    arena where{{.capacity = tokens, .stripes = 2}};
    where.kept.report_to(log);
    auto const old = [](unsigned i) { return key_of(i % owners, 0, i); };
    for (unsigned i = 0; i < tokens; ++i)
        where.expect(where.put(old(i), 'n', {}, noon, seconds{1000}) == insert_result::done);
    std::vector<std::atomic<int>> winners(tokens);
    in_threads([&](unsigned thread) {
        for (unsigned i = 0; i < tokens; ++i)
        {
            if (thread % 2 == 0)
            {
                winners[i] += where.kept.erase(old(i), noon);
                continue;
            }
            auto const fresh = key_of(i % owners, thread, i);
            auto const done = where.exchange(old(i), fresh, "ns"[i / owners % 2]) == insert_result::done;
            winners[i] += done;
            where.expect(has(where.kept, fresh) == done);
        }
    });
    for (auto const& won : winners)
        where.expect(won == 1);
    BOOST_TEST(where.failures == 0);
    BOOST_TEST(where.kept.size() == log.issued - log.ended);
    BOOST_TEST(where.share.taken() == where.kept.size());
    check_consistent(where.kept);
}

// The table holds no more than the owners may have, so every exchange goes beyond its capacity for a moment.
BOOST_AUTO_TEST_CASE(each_login_at_the_limit_ends_exactly_one_token_and_never_its_own)
{
    constexpr unsigned few = 2;
    arena where{{.capacity = few * most_of_owner, .stripes = 2}};
    token_limits const evicting{
        .max_tokens = few * most_of_owner, .max_sessions = most_of_owner, .policy = sessions_policy::evict_oldest};
    constexpr unsigned each = 20'000 / scale;
    std::atomic<std::uint32_t> age = 0;
    std::array<std::vector<token_key>, threads> inserted;
    std::array<std::vector<token_key>, threads> evicted;
    std::array<std::map<std::uint64_t, std::uint32_t>, threads> ages;  // by key
    in_threads([&](unsigned thread) {
        for (unsigned i = 0; i < each; ++i)
        {
            auto const key = key_of(i % few, thread, i);
            auto const issued = age++;
            inserted[thread].push_back(key);
            ages[thread][key.a] = issued;
            where.expect(where.put(key, "ns"[i / few % 2], evicting, noon - seconds{1'000'000 - issued},
                                   seconds{1000}) == insert_result::done);
            if (arena::last_evicted)
                evicted[thread].push_back(*arena::last_evicted);
        }
    });
    BOOST_TEST(where.failures == 0);
    std::set<std::uint64_t> gone;
    std::map<std::uint64_t, std::uint32_t> all_ages;
    for (unsigned thread = 0; thread < threads; ++thread)
    {
        all_ages.merge(ages[thread]);
        for (auto const key : evicted[thread])
            BOOST_TEST(gone.insert(key.a).second);
    }
    BOOST_TEST(gone.size() == threads * each - few * most_of_owner);
    BOOST_TEST(where.share.taken() == few * most_of_owner);
    for (unsigned owner = 0; owner < few; ++owner)
        BOOST_TEST(where.count(owner) == most_of_owner);
    std::uint32_t newest_gone = 0;
    for (auto const key : gone)
        newest_gone = std::max(newest_gone, all_ages.at(key));
    std::size_t older_survivors = 0;  // each thread may have been late with one token
    for (auto const& tokens : inserted)
        for (auto const key : tokens)
        {
            BOOST_TEST(has(where.kept, key) == !gone.contains(key.a));
            older_survivors += !gone.contains(key.a) && all_ages.at(key.a) < newest_gone ? 1 : 0;
        }
    BOOST_TEST(older_survivors <= most_of_owner);
    check_consistent(where.kept);
}

BOOST_AUTO_TEST_SUITE_END()
