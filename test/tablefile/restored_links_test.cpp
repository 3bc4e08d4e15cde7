// Tokens of a file are found at once and linked later. Meanwhile threads release, sweep, issue and walk. Every token's
// principal names its key, so a walk that meets a token under a wrong principal is noticed. A walk must meet all tokens
// that last, oldest first.
#include "support/temporary_folder.hpp"
#include "table/tokens.hpp"
#include "tablefile/journal_chronicle.hpp"
#include "tablefile/recovered.hpp"
#include "tablefile/restore.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <latch>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

using namespace tokend;
using namespace tokend::testing;
using tokend::test::temporary_folder;

namespace {

constexpr std::uint64_t owners = 4;
constexpr std::uint64_t restored = 1200;  // tokens
constexpr table_options small{.capacity = 1488, .record_bytes = 64 * 1024, .stripes = 4, .load_percent = 100};
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
constexpr int rounds = 40;
#else
constexpr int rounds = 200;
#endif

std::string owner(std::uint64_t number) { return "owner " + std::to_string(number % owners) + ' '; }
std::string principal(std::uint64_t number) { return owner(number) + std::to_string(number / owners % 2); }
token_key key(std::uint64_t number) { return {number * 0x9e37'79b9'7f4a'7c15, number}; }

// Of each four tokens one is released, one expires, and two last.
bool is_released(std::uint64_t number) { return number / owners / 2 % 4 == 1; }
bool is_brief(std::uint64_t number) { return number / owners / 2 % 4 == 2; }
bool lasts(std::uint64_t number) { return number < restored && !is_released(number) && !is_brief(number); }

std::optional<std::string> identity_of(std::span<char const> who)
{
    std::string_view const text{who.data(), who.size()};
    return std::string{text.substr(0, text.rfind(' ') + 1)};
}

insert_result issue(table& kept, std::uint64_t number, sys_seconds issued, seconds life)
{
    auto const who = principal(number);
    auto const whose = owner(number);
    return kept.insert(key(number), kept.prepare(who, whose), issued, issued + life, issued);
}

// The bytes of a file of such tokens, whose ages are in no order.
std::vector<std::byte> file_of_tokens()
{
    temporary_folder const folder;
    auto const path = folder.path() / "tokens";
    auto const kept = journal::open(path, 1);
    kept->go_on_behind(kept->contents());
    table from{small};
    journal_chronicle log{*kept};
    from.report_to(log);
    for (std::uint64_t number = 0; number < restored; ++number)
        BOOST_REQUIRE(issue(from, number, noon - seconds{number * 37 % 101}, seconds{is_brief(number) ? 110 : 2000}) ==
                      insert_result::done);
    kept->write();
    std::ifstream in{path, std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{in}, {}};
    auto const all = std::as_bytes(std::span{text});
    return {all.begin(), all.end()};
}

class filled
{
public:
    explicit filled(std::vector<std::byte> const& file) : kept{small}
    {
        layout::header header;
        BOOST_REQUIRE(layout::read_header(std::span{file}.first(layout::header_bytes), file.size(), header).empty());
        BOOST_REQUIRE(restore(kept, {header, file.size(), reader_of(file)}, identity_of, noon, small.capacity).live ==
                      restored);
    }

    void release()
    {
        for (std::uint64_t number = 0; number < restored; ++number)
            if (is_released(number))
                failures += !kept.erase(key(number), noon);
    }
    void sweep()
    {
        for (std::size_t position = 0, laps = 0; laps < 3; laps += position == 0)
            kept.sweep_slice(position, 32, noon + seconds{200});
    }
    // Into slots that were others' a moment ago; every other one ends at once.
    void issue_new()
    {
        for (auto number = restored; number < 2 * restored; ++number)
            if (issue(kept, number, noon + seconds{1}, seconds{2000}) == insert_result::done && number % 2 == 0)
                failures += !kept.erase(key(number), noon);
    }
    void walk(std::uint64_t whose)
    {
        auto const name = owner(whose);
        token_walk all{kept, name, [&](std::span<char const> who) {
                           return std::string_view{who.data(), who.size()}.starts_with(name);
                       }};
        std::set<std::uint64_t> lasting;
        std::string last;
        sys_seconds issued{};
        for (found_token found; all.next(noon, found);)
        {
            auto const number = found.key.b;
            std::string const who{found.principal().begin(), found.principal().end()};
            failures += found.key != key(number) || who != principal(number);
            if (!lasts(number))
                continue;  // a token that was issued meanwhile may be met instead of one that ended
            failures += who == last && found.issued_at < issued;
            last = who;
            issued = found.issued_at;
            failures += !lasting.insert(number).second;
        }
        std::size_t wanted = 0;
        for (std::uint64_t number = whose; number < restored; number += owners)
            wanted += lasts(number);
        failures += lasting.size() != wanted;
    }

    table kept;
    std::atomic<int> failures = 0;
};

std::size_t met_by_a_walk(table& kept)
{
    std::size_t met = 0;
    token_walk all{kept, [](auto) { return true; }};
    for (found_token found; all.next(noon, found);)
        ++met;
    return met;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(restored_links_)

BOOST_AUTO_TEST_CASE(a_walk_right_after_a_restore_meets_every_token_oldest_first)
{
    filled t{file_of_tokens()};
    for (std::uint64_t whose = 0; whose < owners; ++whose)
        t.walk(whose);
    BOOST_TEST(t.failures == 0);
    BOOST_TEST(met_by_a_walk(t.kept) == restored);
    check_consistent(t.kept);
}

BOOST_AUTO_TEST_CASE(tokens_that_end_before_they_are_linked_leave_nothing_behind)
{
    filled t{file_of_tokens()};
    for (std::uint64_t number = 0; number < restored; ++number)
        BOOST_TEST(t.kept.erase(key(number), noon));
    BOOST_TEST(met_by_a_walk(t.kept) == 0U);
    BOOST_TEST(t.kept.census().records == 0U);
    check_consistent(t.kept);
}

BOOST_AUTO_TEST_CASE(tokens_issued_before_the_others_are_linked_stand_behind_them)
{
    filled t{file_of_tokens()};
    BOOST_TEST((issue(t.kept, restored, noon + seconds{1}, seconds{100}) == insert_result::done));
    BOOST_TEST((issue(t.kept, restored + owners * 2, noon + seconds{2}, seconds{100}) == insert_result::done));
    BOOST_TEST(t.kept.erase(key(restored + owners * 2), noon));  // its record's waiting tokens are linked now
    t.walk(restored % owners);
    BOOST_TEST(t.failures == 0);
    BOOST_TEST(met_by_a_walk(t.kept) == restored + 1);
    check_consistent(t.kept);
}

BOOST_AUTO_TEST_CASE(threads_that_end_issue_and_walk_while_tokens_are_linked_miss_nothing)
{
    auto const file = file_of_tokens();
    int failures = 0;
    for (int round = 0; round < rounds; ++round)
    {
        filled t{file};
        std::latch begin{5};
        std::vector<std::jthread> threads;
        auto const start = [&](auto work) {
            threads.emplace_back([&begin, work] {
                begin.arrive_and_wait();
                work();
            });
        };
        start([&] { t.kept.link_imported(); });
        start([&] { t.release(); });
        start([&] { t.sweep(); });
        start([&] { t.issue_new(); });
        start([&] {
            for (std::uint64_t whose = 0; whose < owners; ++whose)
                t.walk(whose);
        });
        threads.clear();
        failures += t.failures;
        auto const count = t.kept.census();
        failures += count.live != met_by_a_walk(t.kept) || count.indexed != count.live || count.live != t.kept.size();
        for (std::uint64_t number = 0; number < 2 * restored; ++number)
            std::ignore = t.kept.erase(key(number), noon);
        failures += t.kept.census().records != 0 || t.kept.size() != 0;
    }
    BOOST_TEST(failures == 0);
}

BOOST_AUTO_TEST_SUITE_END()
