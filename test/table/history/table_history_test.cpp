// Threads call the table and write down what they asked, what they were told, and when; then the record is checked: is
// there an order of the calls that explains it? In rounds, so that memory stays bounded: each begins with an empty
// table and ends with a look, all threads at rest, for every token that was inserted.
//
// 10^7 calls in all, 5 * 10^5 under a sanitizer; another number by `table_history_test -- 100000000`.
#include "table/history/history_check.hpp"
#include "table/history/player.hpp"
#include "table/history/spread.hpp"
#include "table/history/stamp.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <initializer_list>
#include <latch>
#include <string>
#include <thread>

using namespace tokend;
using namespace tokend::testing;
using std::chrono::sys_seconds;

namespace {

constexpr std::size_t workloads = 4;

std::size_t calls_of_a_workload()
{
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    std::size_t calls = 500'000;
#else
    std::size_t calls = 10'000'000;
#endif
    auto const& suite = boost::unit_test::framework::master_test_suite();
    if (suite.argc > 1)
        calls = std::stoull(suite.argv[1]);
    return calls / workloads;
}

class tournament
{
public:
    explicit tournament(workload const& how) : arena_{how}
    {
        for (unsigned i = 1; i <= how.threads; ++i)
            players_.emplace_back(arena_, i, calls_each);
    }

    void play(std::size_t calls)
    {
        for (std::size_t played = 0; played < calls; played += calls_each * players_.size())
        {
            arena_.begin_round(played);
            for (auto& p : players_)
                p.forget();
            play_together();
            check();
            empty_table();
        }
        BOOST_TEST_MESSAGE(counted_);
    }
    tally const& counted() const { return counted_; }

private:
    static constexpr std::size_t calls_each = 50'000;  // of a thread in a round

    void play_together()
    {
        std::latch ready{arena_.how.threads};
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < players_.size(); ++i)
            threads.emplace_back([&, i] {
                keep_on_processor(i);
                ready.arrive_and_wait();
                players_[i].play();
            });
    }

    void check()
    {
        std::vector<operation> history;
        history.reserve(2 * calls_each * players_.size());
        for (auto const& p : players_)
            history.insert(history.end(), p.calls().begin(), p.calls().end());
        look_for_all(history);
        auto const verdict = check_history(history, arena_.how.options.capacity);
        BOOST_TEST_REQUIRE(verdict.wrong == "", verdict);
        counted_ += verdict.counted;
    }

    void look_for_all(std::vector<operation>& history)
    {
        player looking{arena_, 0, history.size()};
        for (auto const& call : history)
            if (call.what == operation::kind::insert && call.done)
                looking.look_for(call.token);
        auto const looks = looking.calls();
        history.insert(history.end(), looks.begin(), looks.end());
        BOOST_TEST(arena_.kept.size() == static_cast<std::size_t>(std::ranges::count_if(looks, &operation::done)));
    }

    void empty_table()
    {
        arena_.second += arena_.how.longest + 1;
        std::size_t position = 0;
        arena_.kept.sweep_slice(position, arena_.kept.capacity() * 2, sys_seconds{std::chrono::seconds{arena_.second}});
        auto const left = arena_.kept.census();
        BOOST_TEST(left.live + left.busy + left.mistold + left.indexed + left.records == 0U);
    }

    arena arena_;
    std::deque<player> players_;
    tally counted_;
};

tally play(workload const& how)
{
    tournament threads{how};
    threads.play(calls_of_a_workload());
    return threads.counted();
}

void expect(tally const& counted, std::initializer_list<event> events)
{
    for (auto const what : events)
        BOOST_TEST(counted[what] > 0U, "never happened: " << static_cast<int>(what));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(table_history_)

// Threads pass their moments to each other, and none receives a moment that has not come.
BOOST_AUTO_TEST_CASE(the_stamps_are_one_order_for_all_threads)
{
    std::atomic<moment> told = 0;
    std::atomic<int> failures = 0;
    auto const talk = [&] {
        for (int i = 0; i < 1'000'000; ++i)
        {
            auto const heard = told.load(std::memory_order_acquire);
            auto const mine = end_of_call();
            failures += mine < heard;
            told.store(mine, std::memory_order_release);
        }
    };
    std::thread one{[&] {
        keep_on_processor(0);
        talk();
    }};
    std::thread other{[&] {
        keep_on_processor(1);
        talk();
    }};
    one.join();
    other.join();
    BOOST_TEST(failures == 0);
}

// Full nearly always; finds, touches and erases meet on few tokens.
BOOST_AUTO_TEST_CASE(a_tiny_table_without_a_spare_slot)
{
    auto const counted = play({.options = {.capacity = 128, .stripes = 2, .load_percent = 100},
                               .threads = 3,
                               .contended = 8,
                               .longest = 3,
                               .principal_bytes = 8000,
                               .steps_per_second = 300,
                               .inserts = 200,
                               .touches = 150,
                               .erases = 70,
                               .sweeps = 10});
    expect(counted, {event::full, event::strictly_full, event::hit, event::miss, event::touch, event::erase,
                     event::expired, event::removed});
}

BOOST_AUTO_TEST_CASE(two_tokens_that_all_threads_fight_for)
{
    auto const counted = play({.options = {.capacity = 128, .stripes = 2, .load_percent = 100},
                               .threads = 4,
                               .contended = 2,
                               .longest = 2,
                               .principal_bytes = 1000,
                               .steps_per_second = 200,
                               .inserts = 200,
                               .touches = 300,
                               .erases = 60,
                               .sweeps = 30});
    expect(counted, {event::hit, event::miss, event::touch, event::erase, event::expired, event::removed});
}

// Nobody sweeps: inserts into a full table take what has expired.
BOOST_AUTO_TEST_CASE(a_small_table_that_nobody_sweeps)
{
    auto const counted = play({.options = {.capacity = 117, .stripes = 2, .load_percent = 95},
                               .threads = 3,
                               .contended = 40,
                               .longest = 3,
                               .principal_bytes = 300,
                               .steps_per_second = 450,
                               .inserts = 200,
                               .touches = 200,
                               .erases = 150,
                               .sweeps = 0});
    expect(counted, {event::full, event::hit, event::miss, event::touch, event::erase, event::expired, event::removed});
}

BOOST_AUTO_TEST_CASE(a_table_of_everyday_shape)
{
    auto const counted = play({.options = {.capacity = 10'000},
                               .threads = 2,
                               .contended = 1000,
                               .longest = 20,
                               .principal_bytes = 300,
                               .steps_per_second = 2000,
                               .inserts = 350,
                               .touches = 150,
                               .erases = 100,
                               .sweeps = 1});
    expect(counted, {event::hit, event::miss, event::touch, event::erase, event::expired, event::removed});
}

BOOST_AUTO_TEST_SUITE_END()
