#include "tablefile/tokens_file.hpp"

#include "tablefile/stored_table.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

using namespace tokend;
using namespace tokend::testing;
using tokend::test::temporary_folder;

namespace {

std::vector<token_key> random_keys(std::size_t count)
{
    std::vector<token_key> keys(count);
    std::ranges::generate(keys, random_key);
    return keys;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tokens_file_wait_)

BOOST_AUTO_TEST_CASE(all_who_wait_for_a_file_are_told_once_each)
{
    constexpr std::size_t each = 200;
    temporary_folder const folder;
    stored_table t{folder.path() / "tokens"};
    std::atomic<std::size_t> told = 0;
    std::atomic<std::size_t> safe = 0;
    std::promise<void> all;
    std::vector<std::jthread> threads;
    for (auto const how : {durability::written, durability::on_disk, durability::written})
        threads.emplace_back([&, how, keys = random_keys(each)] {
            for (auto const key : keys)
            {
                t.put(key);
                t.file->wait(how, when_done([&](bool done) {
                                 safe += done;
                                 if (++told == 3 * each)
                                     all.set_value();
                             }));
            }
        });
    all.get_future().wait();
    threads.clear();
    BOOST_TEST(told == 3 * each);
    BOOST_TEST(safe == 3 * each);
}

BOOST_AUTO_TEST_CASE(once_waits_are_ended_everybody_has_been_told)
{
    for (int round = 0; round < 50; ++round)
    {
        temporary_folder const folder;
        stored_table t{folder.path() / "tokens"};
        std::atomic<int> told = 0;
        for (int i = 0; i < 20; ++i)
        {
            t.put(random_key());
            t.file->wait(i % 2 == 0 ? durability::on_disk : durability::written, when_done([&](bool) { ++told; }));
        }
        t.file->end_waits();
        BOOST_TEST(told == 20);
    }
}

BOOST_AUTO_TEST_SUITE_END()
