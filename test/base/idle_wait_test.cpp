#include "base/idle_wait.hpp"

#include "support/patience.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

// A thread that does pieces of work as they come.
struct worker
{
    std::mutex mutex{};
    idle_wait idle{};
    int work = 0;
    int done = 0;
    bool found_at_end = true;
    std::jthread thread{[this](std::stop_token stop) { run(stop); }};

    void run(std::stop_token stop)
    {
        std::unique_lock lock{mutex};
        while (idle.wait(lock, stop, [this] { return work != 0; }))
        {
            --work;
            ++done;
        }
        found_at_end = false;
    }
    // Brings work as soon as the thread sleeps. Returns false if it never does.
    template <class Change>
    bool tell_when_asleep(Change change)
    {
        bool const asleep = test::eventually([&] {
            std::lock_guard const lock{mutex};
            if (!idle.must_wake())
                return false;
            change();
            return true;
        });
        idle.wake();
        return asleep;
    }
    bool has_done(int pieces)
    {
        return test::eventually([&] {
            std::lock_guard const lock{mutex};
            return done == pieces;
        });
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(idle_wait_)

BOOST_AUTO_TEST_CASE(a_thread_that_sleeps_is_woken_for_work)
{
    worker w;
    for (int i = 1; i <= 3; ++i)
    {
        BOOST_TEST_REQUIRE(w.tell_when_asleep([&] { ++w.work; }));
        BOOST_TEST(w.has_done(i));
    }
}

BOOST_AUTO_TEST_CASE(a_thread_that_was_woken_for_work_which_is_gone_has_to_be_woken_again)
{
    worker w;
    BOOST_TEST_REQUIRE(w.tell_when_asleep([] {}));
    BOOST_TEST_REQUIRE(w.tell_when_asleep([&] { ++w.work; }));
    BOOST_TEST(w.has_done(1));
}

BOOST_AUTO_TEST_CASE(a_thread_is_told_once_and_not_again_before_it_sleeps)
{
    idle_wait idle;
    std::mutex mutex;
    std::unique_lock lock{mutex};
    BOOST_TEST(!idle.must_wake());
    BOOST_TEST(idle.wait(lock, {}, [] { return true; }));
    BOOST_TEST(!idle.must_wake());
    int looks = 0;
    bool first = false;
    bool second = true;
    std::jthread waker;
    BOOST_TEST(idle.wait(lock, {}, [&] {
        if (++looks == 1)
            waker = std::jthread{[&] {
                std::unique_lock held{mutex};
                first = idle.must_wake();
                second = idle.must_wake();
                held.unlock();
                idle.wake();
            }};
        return looks > 1 && first;
    }));
    BOOST_TEST(first);
    BOOST_TEST(!second);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_the_sleep_and_the_rest)
{
    worker w;
    BOOST_TEST_REQUIRE(w.tell_when_asleep([] {}));
    w.thread.request_stop();
    w.thread.join();
    BOOST_TEST(!w.found_at_end);
    std::unique_lock lock{w.mutex};
    std::stop_source stop;
    stop.request_stop();
    w.idle.rest(lock, stop.get_token(), 1h);  // returns at once
    BOOST_TEST(!w.idle.must_wake());
}

BOOST_AUTO_TEST_SUITE_END()
