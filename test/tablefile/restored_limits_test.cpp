// Tokens of a file count for the limits of their owner and of their share from the moment at which they are restored,
// whether or not they are linked.
#include "support/temporary_folder.hpp"
#include "table/tokens.hpp"
#include "tablefile/journal_chronicle.hpp"
#include "tablefile/recovered.hpp"
#include "tablefile/restore.hpp"

#include <atomic>
#include <fstream>
#include <iterator>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

using namespace tokend;
using namespace tokend::testing;
using tokend::test::temporary_folder;

namespace {

constexpr std::uint64_t owners = 5;
constexpr std::size_t each = 12;  // tokens of an owner, of three principals
constexpr std::uint64_t restored = owners * each;
constexpr table_options small{.capacity = 400, .record_bytes = 64 * 1024, .stripes = 2};
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
constexpr int rounds = 40;
#else
constexpr int rounds = 200;
#endif

std::string owner(std::uint64_t number) { return "owner " + std::to_string(number % owners) + ' '; }
std::string principal(std::uint64_t number) { return owner(number) + std::to_string(number / owners % 3); }
token_key key(std::uint64_t number) { return {number * 0x9e37'79b9'7f4a'7c15, number}; }
sys_seconds issued(std::uint64_t number) { return noon - seconds{1 + number * 37 % 101}; }  // in no order

struct filled
{
    filled() : kept{small}
    {
        layout::header header;
        BOOST_REQUIRE(
            layout::read_header(std::span{file()}.first(layout::header_bytes), file().size(), header).empty());
        auto const owner_of = [this](std::span<char const> who) {
            std::string_view const text{who.data(), who.size()};
            return std::optional{restored_owner{std::string{text.substr(0, text.rfind(' ') + 1)}, &share}};
        };
        BOOST_REQUIRE(restore(kept, {header, file().size(), reader_of(file())}, owner_of, noon, small.capacity).live ==
                      restored);
    }

    insert_result put(std::uint64_t number, token_limits const& limits, std::optional<token_key>* evicted = nullptr)
    {
        auto const who = principal(number);
        auto const identity = owner(number);
        auto whose = kept.prepare(who, identity);
        whose.limits = limits;
        whose.limits.share = &share;
        return kept.insert(key(number), whose, noon, noon + seconds{100}, noon, evicted);
    }
    std::size_t count(std::uint64_t of)
    {
        auto const name = owner(of);
        token_walk all{kept, name, [&](std::span<char const> who) {
                           return std::string_view{who.data(), who.size()}.starts_with(name);
                       }};
        std::size_t sum = 0;
        for (found_token found; all.next(noon, found);)
            ++sum;
        return sum;
    }

    static std::vector<std::byte> const& file()
    {
        static std::vector<std::byte> const bytes = [] {
            temporary_folder const folder;
            auto const path = folder.path() / "tokens";
            auto const log = journal::open(path, 1);
            log->go_on_behind(log->contents());
            table from{small};
            journal_chronicle chronicle{*log};
            from.report_to(chronicle);
            for (std::uint64_t number = 0; number < restored; ++number)
            {
                auto const who = principal(number);
                auto const identity = owner(number);
                BOOST_REQUIRE(from.insert(key(number), from.prepare(who, identity), issued(number),
                                          noon + seconds{1000}, noon) == insert_result::done);
            }
            log->write();
            std::ifstream in{path, std::ios::binary};
            std::string const text{std::istreambuf_iterator<char>{in}, {}};
            auto const all = std::as_bytes(std::span{text});
            return std::vector<std::byte>{all.begin(), all.end()};
        }();
        return bytes;
    }

    token_share share;
    table kept;
};

// Numbers of new tokens of an owner, other than those of the file.
std::uint64_t fresh(std::uint64_t of, std::uint64_t i) { return restored + of + i * owners; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(restored_limits_, filled)

BOOST_AUTO_TEST_CASE(an_owner_gets_as_many_more_as_it_may_and_no_more)
{
    BOOST_TEST(share.taken() == restored);
    for (std::uint64_t of = 0; of < owners; ++of)
    {
        token_limits const limits{.max_sessions = each + of};
        for (std::uint64_t i = 0; i < of; ++i)
            BOOST_TEST(put(fresh(of, i), limits) == insert_result::done);
        for (std::uint64_t i = of; i < of + 4; ++i)
            BOOST_TEST(put(fresh(of, i), limits) == insert_result::owner_full);
    }
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(a_lower_limit_refuses_and_a_share_is_full)
{
    BOOST_TEST(put(fresh(0, 0), {.max_sessions = 3}) == insert_result::owner_full);
    BOOST_TEST(put(fresh(0, 1), {.max_tokens = restored}) == insert_result::share_full);
    BOOST_TEST(put(fresh(0, 2), {.max_tokens = restored, .max_sessions = each}) == insert_result::owner_full);
    BOOST_TEST(kept.erase(key(0), noon));
    BOOST_TEST(share.taken() == restored - 1);
    BOOST_TEST(put(fresh(0, 3), {.max_tokens = restored, .max_sessions = each}) == insert_result::done);
    BOOST_TEST(put(fresh(1, 3), {.max_tokens = restored}) == insert_result::share_full);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(the_oldest_of_the_file_goes_first)
{
    token_limits const limits{.max_sessions = each, .policy = sessions_policy::evict_oldest};
    std::vector<std::uint64_t> left;
    for (std::uint64_t number = 2; number < restored; number += owners)
        left.push_back(number);
    std::ranges::sort(left, {}, issued);
    for (std::uint64_t i = 0; i < each; ++i)
    {
        std::optional<token_key> evicted;
        BOOST_TEST(put(fresh(2, i), limits, &evicted) == insert_result::done);
        BOOST_TEST((evicted == key(left[i])));
    }
    BOOST_TEST(share.taken() == restored);
    check_consistent(kept);
}

BOOST_AUTO_TEST_CASE(threads_at_the_limits_while_tokens_are_linked_exceed_none)
{
    for (int round = 0; round < rounds; ++round)
    {
        filled t;
        std::atomic<std::size_t> done = 0;
        std::atomic<std::size_t> ended = 0;
        std::latch begin{4};
        std::vector<std::jthread> threads;
        auto const start = [&](auto work) {
            threads.emplace_back([&begin, work] {
                begin.arrive_and_wait();
                work();
            });
        };
        auto const insert = [&](std::uint64_t from) {
            for (std::uint64_t i = from; i < from + 6; ++i)
                for (std::uint64_t of = 0; of < owners; ++of)
                {
                    std::optional<token_key> gone;
                    auto const policy = of % 2 == 0 ? sessions_policy::reject : sessions_policy::evict_oldest;
                    done +=
                        t.put(fresh(of, i), {.max_sessions = each + 2, .policy = policy}, &gone) == insert_result::done;
                    ended += gone.has_value();
                }
        };
        start([&] { t.kept.link_imported(); });
        start([&] { insert(0); });
        start([&] { insert(6); });
        start([&] {
            for (std::uint64_t number = 0; number < restored; number += owners)  // of an owner whom nothing evicts
                ended += t.kept.erase(key(number), noon);
        });
        threads.clear();
        // Each owner has its most now, but perhaps the one whose tokens ended beside the logins.
        BOOST_TEST(t.kept.size() == restored + done - ended);
        BOOST_TEST(t.share.taken() == t.kept.size());
        for (std::uint64_t of = 0; of < owners; ++of)
            BOOST_TEST((of == 0 ? t.count(of) <= each + 2 : t.count(of) == each + 2));
        check_consistent(t.kept);
    }
}

BOOST_AUTO_TEST_SUITE_END()
