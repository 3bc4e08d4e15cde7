#include "table/commit_queue.hpp"

#include "table/stored_table.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

using namespace tokend;
using namespace tokend::testing;
using tokend::test::temporary_folder;

BOOST_AUTO_TEST_SUITE(commit_queue_)

BOOST_AUTO_TEST_CASE(who_waits_is_told_on_another_thread_that_it_is_on_the_disk)
{
    temporary_folder const folder;
    stored_table t{folder.path() / "tokens"};
    commit_queue commits{*t.file, t.log};
    for (int i = 0; i < 3; ++i)  // one after the other: the queue rests in between
    {
        BOOST_REQUIRE(t.put(random_key()) == insert_result::done);
        std::promise<std::pair<bool, std::thread::id>> told;
        commits.add([&](bool on_disk) { told.set_value({on_disk, std::this_thread::get_id()}); });
        auto const [on_disk, by] = told.get_future().get();
        BOOST_TEST(on_disk);
        BOOST_TEST((by != std::this_thread::get_id()));
    }
}

BOOST_AUTO_TEST_CASE(all_are_told_once_each_and_those_who_still_wait_at_its_end_too)
{
    constexpr std::size_t each = 200;
    temporary_folder const folder;
    stored_table t{folder.path() / "tokens"};
    std::atomic<std::size_t> told = 0;
    std::atomic<std::size_t> on_the_disk = 0;
    {
        commit_queue commits{*t.file, t.log};
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 3; ++thread)
            threads.emplace_back([&] {
                for (std::size_t i = 0; i < each; ++i)
                    commits.add([&](bool on_disk) { ++told, on_the_disk += on_disk; });
            });
    }
    BOOST_TEST(told == 3 * each);
    BOOST_TEST(on_the_disk == 3 * each);
}

BOOST_AUTO_TEST_SUITE_END()
