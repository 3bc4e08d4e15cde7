#include "common/hash_memory.hpp"

#include "common/password.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace tokend::plugin;

BOOST_AUTO_TEST_SUITE(hash_memory_)

BOOST_AUTO_TEST_CASE(hashes_never_use_more_than_there_is)
{
    hash_memory memory{100};
    std::atomic<int> used{0};
    std::atomic<bool> too_much{false};
    std::vector<std::jthread> threads;
    for (int n = 0; n < 8; ++n)
        threads.emplace_back([&, n] {
            for (int i = 0; i < 2000; ++i)
            {
                auto const bytes = 10 + (i * 7 + n * 13) % 60;
                auto const share = memory.take(static_cast<std::uint64_t>(bytes));
                too_much = too_much || used.fetch_add(bytes) + bytes > 100;
                std::this_thread::yield();
                used -= bytes;
            }
        });
    threads.clear();
    BOOST_TEST(!too_much);
    BOOST_TEST(used == 0);
}

BOOST_AUTO_TEST_CASE(a_hash_that_needs_more_than_there_is_is_computed_alone)
{
    hash_memory memory{100};
    std::atomic<bool> is_alone{false};
    auto small = std::make_unique<hash_memory::share>(memory.take(1));
    auto large = std::async(std::launch::async, [&] {
        auto const share = memory.take(5000);
        return is_alone.load();
    });
    std::this_thread::yield();
    is_alone = true;
    small.reset();
    BOOST_TEST(large.get());
}

BOOST_AUTO_TEST_CASE(only_yescrypt_needs_much)
{
    auto const memory_of = [](hash_scheme scheme, hash_cost cost) { return make_hash("x", scheme, cost).memory(); };
    BOOST_TEST(memory_of(hash_scheme::yescrypt, 1) == 1U << 20);
    BOOST_TEST(memory_of(hash_scheme::yescrypt, 5) == 1U << 24);
    BOOST_TEST(memory_of(hash_scheme::bcrypt, 4) == 0U);
    BOOST_TEST(memory_of(hash_scheme::sha512crypt, 1000) == 0U);
    BOOST_TEST(password_hash{"*"}.memory() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
