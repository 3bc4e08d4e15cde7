// Threads share a context and its keys, and contexts come and go.
#include "tls/tls_peers.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <mutex>
#include <thread>

using namespace tokend;
using namespace tokend::test;

BOOST_AUTO_TEST_SUITE(context_stress_)

BOOST_AUTO_TEST_CASE(threads_shake_hands_and_resume_while_contexts_are_replaced)
{
    tls_files const files;
    auto const keys = std::make_shared<ticket_keys>();
    auto const ecdsa = issue({.names = {"a.example"}});
    tls_options const options{
        .certificates = {files.put("1.pem", ecdsa), files.put("2.pem", issue({.names = {"b.example"}}))}};
    auto const make = [&] { return std::make_shared<tls_context const>(options, keys); };
    std::mutex mutex;
    std::shared_ptr<tls_context const> shared = make();
    auto const get = [&] {
        std::lock_guard const lock{mutex};
        return shared;
    };
    std::atomic<int> failures{0};
    std::atomic<int> resumed{0};
    constexpr int rounds = 100;
    auto const work = [&](int number) {
        session_ptr session;
        for (int i = 0; i < rounds; ++i)
        {
            auto const context = get();
            client_settings how{.server_name = (i + number) % 2 == 0 ? "a.example" : "b.example"};
            how.session = i % 3 == 0 ? nullptr : session.get();
            tls_peers peers{*context, how};
            failures += peers.talk() ? 0 : 1;
            resumed += SSL_session_reused(peers.server());
            session = std::move(peers.client().session);
            if (number != 0 || i % 10 != 0)
                continue;
            std::lock_guard const lock{mutex};
            shared = make();
        }
    };
    std::vector<std::thread> threads;
    for (int number = 0; number < 3; ++number)
        threads.emplace_back(work, number);
    for (auto& t : threads)
        t.join();
    BOOST_TEST(failures == 0);
    BOOST_TEST(resumed > rounds);
}

BOOST_AUTO_TEST_SUITE_END()
