#include "credential/blocking_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <future>

using namespace tokend;

BOOST_AUTO_TEST_SUITE(blocking_pool_)

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused_at_once)
{
    std::promise<void> release;
    auto const released = release.get_future().share();
    std::promise<void> began;
    blocking_pool pool{1, 2};
    BOOST_TEST(pool.try_run([&] {
        began.set_value();
        released.wait();
    }));
    began.get_future().wait();
    BOOST_TEST(pool.try_run([] {}));
    BOOST_TEST(pool.try_run([] {}));
    BOOST_TEST(!pool.try_run([] {}));
    release.set_value();
}

BOOST_AUTO_TEST_CASE(its_threads_give_way_to_others)
{
    blocking_pool pool{1, 1};
    std::promise<int> niceness;
    pool.run([&] { niceness.set_value(::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()))); });
    BOOST_TEST(niceness.get_future().get() == 19);
}

BOOST_AUTO_TEST_CASE(stopping_drops_what_has_not_begun)
{
    std::promise<void> release;
    std::promise<void> began;
    bool ran = false;
    blocking_pool pool{1, 100'000'000};
    pool.run([&, wait = release.get_future().share()] {
        began.set_value();
        wait.wait();
    });
    began.get_future().wait();
    pool.run([&] { ran = true; });
    auto stopped = std::async(std::launch::async, [&] { pool.stop(); });
    while (pool.try_run([] {}))  // until stop() has taken effect
        std::this_thread::yield();
    release.set_value();
    stopped.wait();
    BOOST_TEST(!ran);
}

BOOST_AUTO_TEST_SUITE_END()
