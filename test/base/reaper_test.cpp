#include "base/reaper.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <thread>

using namespace tokend;

namespace {

struct probe
{
    ~probe() { *ended_on = std::this_thread::get_id(); }
    std::thread::id* ended_on;
};

// Its destructor blocks until the promise is kept.
struct blocks
{
    ~blocks()
    {
        gate.wait();
        ++*ended;
    }
    std::shared_future<void> gate;
    std::atomic<int>* ended;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(reaper_)

BOOST_AUTO_TEST_CASE(the_last_owner_does_not_destroy_the_object)
{
    std::thread::id ended_on;
    {
        reaper r;
        auto first = r.share(std::unique_ptr<probe>{new probe{&ended_on}});
        auto const second = first;
        first.reset();
    }
    BOOST_TEST((ended_on != std::thread::id{}));
    BOOST_TEST((ended_on != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(an_owner_does_not_wait_for_a_destructor_that_blocks)
{
    std::promise<void> open;
    std::atomic<int> ended{0};
    {
        reaper r;
        std::shared_future<void> const gate = open.get_future();
        auto first = r.share(std::unique_ptr<blocks>{new blocks{gate, &ended}});
        auto second = r.share(std::unique_ptr<blocks>{new blocks{gate, &ended}});
        first.reset();
        second.reset();
        BOOST_TEST(ended == 0);
        open.set_value();
    }
    BOOST_TEST(ended == 2);  // all are destroyed when the reaper ends
}

BOOST_AUTO_TEST_CASE(an_object_that_owns_another_leaves_it_to_the_thread_too)
{
    struct owner
    {
        std::shared_ptr<probe> owned;
    };
    std::thread::id ended_on;
    {
        reaper r;
        auto const outer =
            r.share(std::unique_ptr<owner>{new owner{r.share(std::unique_ptr<probe>{new probe{&ended_on}})}});
    }
    BOOST_TEST((ended_on != std::thread::id{}));
    BOOST_TEST((ended_on != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_SUITE_END()
