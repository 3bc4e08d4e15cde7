#include "credential/blocking_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(blocking_pool_)

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_at_once)
{
    std::promise<void> release;
    auto const released = release.get_future().share();
    std::promise<void> began;
    blocking_pool pool{1, 2};
    BOOST_TEST(pool.try_run({.run = [&] {
        began.set_value();
        released.wait();
    }}));
    began.get_future().wait();
    BOOST_TEST(pool.try_run({.run = [] {}}));
    BOOST_TEST(pool.try_run({.run = [] {}}));
    BOOST_TEST(!pool.try_run({.run = [] {}}));
    release.set_value();
}

BOOST_AUTO_TEST_CASE(a_network_that_fills_the_queue_gives_a_place_to_another_one)
{
    std::promise<void> release;
    std::promise<void> began;
    std::promise<void> done;
    std::string ran;
    std::string refused;
    blocking_pool pool{1, 3};
    BOOST_REQUIRE(pool.try_run({.run = [&, wait = release.get_future().share()] {
        began.set_value();
        wait.wait();
    }}));
    began.get_future().wait();
    for (auto const* name : {"a", "b", "c"})
        BOOST_REQUIRE(pool.try_run({.run =
                                        [&, name] {
                                            ran += name;
                                            done.set_value();
                                        },
                                    .refuse = [&refused, name] { refused += name; },
                                    .pays = {"ACME", "guesser"}}));
    BOOST_TEST(!pool.try_run({.run = [] {}, .pays = {"ACME", "guesser"}}));
    BOOST_REQUIRE(pool.try_run({.run = [&] { ran += "owner"; }, .pays = {"ACME", "owner"}}));
    BOOST_TEST(refused == "c");
    pool.charge({"ACME", "guesser"}, 1);
    BOOST_REQUIRE(pool.try_run({.run = [&] { ran += " again "; }, .pays = {"ACME", "owner"}}));
    BOOST_TEST(refused == "cb");
    release.set_value();
    done.get_future().wait();
    pool.stop();
    BOOST_TEST(ran == "owner again a");
}

BOOST_AUTO_TEST_CASE(its_threads_give_way_to_others)
{
    blocking_pool pool{1, 1};
    std::promise<int> niceness;
    auto const read = [&] { niceness.set_value(::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()))); };
    BOOST_REQUIRE(pool.try_run({.run = read}));
    BOOST_TEST(niceness.get_future().get() == 19);
}

BOOST_AUTO_TEST_CASE(stopping_drops_what_has_not_begun)
{
    std::promise<void> release;
    std::promise<void> began;
    bool ran = false;
    blocking_pool pool{1, 100'000'000};
    auto const hold = [&, wait = release.get_future().share()] {
        began.set_value();
        wait.wait();
    };
    BOOST_REQUIRE(pool.try_run({.run = hold}));
    began.get_future().wait();
    BOOST_REQUIRE(pool.try_run({.run = [&] { ran = true; }}));
    auto stopped = std::async(std::launch::async, [&] { pool.stop(); });
    while (pool.try_run({.run = [] {}}))  // until stop() has taken effect
        std::this_thread::yield();
    release.set_value();
    stopped.wait();
    BOOST_TEST(!ran);
}

namespace {

// A pool whose jobs run until let_go(), and its reports about them.
struct held_pool
{
    std::promise<void> release{};
    std::shared_future<void> released = release.get_future().share();
    std::mutex mutex{};
    std::condition_variable changed{};
    std::vector<blocking_pool::overdue_job> reports{};
    blocking_pool pool;

    explicit held_pool(std::size_t threads)
        : pool{threads, 100, [this](auto const& job) {
                   std::lock_guard const lock{mutex};
                   reports.push_back(job);
                   changed.notify_all();
               }}
    {}
    ~held_pool() { let_go(); }

    void let_go()
    {
        if (released.wait_for(std::chrono::seconds{0}) != std::future_status::ready)
            release.set_value();
    }
    void hold(std::string whose)
    {
        auto const work = [wait = released] { wait.wait(); };
        BOOST_REQUIRE(pool.try_run({.run = work, .whose = std::move(whose), .limit = 1ms}));
    }
    bool is_reported(std::size_t times)
    {
        std::unique_lock lock{mutex};
        return changed.wait_for(lock, 60s, [&] { return reports.size() >= times; });
    }
    bool runs_a_job()
    {
        std::promise<void> ran;
        BOOST_REQUIRE(pool.try_run({.run = [&] { ran.set_value(); }}));
        return ran.get_future().wait_for(60s) == std::future_status::ready;
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_job_that_runs_too_long_is_reported_once_and_its_thread_replaced)
{
    held_pool p{1};
    p.hold("corp");
    BOOST_REQUIRE(p.is_reported(1));
    BOOST_TEST(p.reports[0].whose == "corp");
    BOOST_TEST((p.reports[0].limit == 1ms));
    BOOST_TEST(p.reports[0].replaced);
    BOOST_TEST(p.runs_a_job());
    BOOST_TEST(p.runs_a_job());
    std::lock_guard const lock{p.mutex};
    BOOST_TEST(p.reports.size() == 1U);
}

BOOST_AUTO_TEST_CASE(threads_are_replaced_until_there_are_twice_as_many)
{
    held_pool p{2};
    for (auto const whose : {"a", "b", "c", "d"})
        p.hold(whose);
    BOOST_REQUIRE(p.is_reported(4));
    std::lock_guard const lock{p.mutex};
    BOOST_TEST(std::ranges::count_if(p.reports, [](auto const& r) { return r.replaced; }) == 2);
}

BOOST_AUTO_TEST_CASE(a_pool_has_a_free_thread_after_every_job_that_came_back_late)
{
    held_pool p{1};
    for (std::size_t round = 1; round <= 5; ++round)
    {
        std::promise<void> end;
        auto const ended = end.get_future().share();
        BOOST_REQUIRE(p.pool.try_run({.run = [ended] { ended.wait(); }, .whose = "corp", .limit = 1ms}));
        BOOST_REQUIRE(p.is_reported(round));
        BOOST_TEST(p.runs_a_job());
        end.set_value();
    }
}

BOOST_AUTO_TEST_CASE(a_stop_that_is_given_up_says_so)
{
    held_pool p{1};
    p.hold("corp");
    BOOST_REQUIRE(p.is_reported(1));
    BOOST_TEST(!p.pool.stop_until(std::chrono::steady_clock::now()));
    BOOST_TEST(!p.pool.try_run({.run = [] {}}));
    p.let_go();
    BOOST_TEST(p.pool.stop_until(std::chrono::steady_clock::now() + 60s));
}

BOOST_AUTO_TEST_SUITE_END()
