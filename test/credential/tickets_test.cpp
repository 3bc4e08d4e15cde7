#include "credential/tickets.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <type_traits>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;

namespace {

verdict said(outcome o)
{
    verdict v;
    v.outcome = o;
    v.reason = std::string(64, 'r');  // on the heap, so that a second move is noticed
    return v;
}

// Asks one question, calls `act` with it, and returns the verdict.
template <class Act>
task<verdict> ask(tickets& t, std::chrono::nanoseconds patience, Act& act)
{
    tickets::pending q{t, co_await asio::this_coro::executor, boot_time() + patience};
    if (!q)
        co_return said(outcome::overloaded);
    if constexpr (std::is_invocable_v<Act&, tickets::pending&>)
        act(q);
    else
        act(q.ticket());
    co_return co_await q.wait();
}

template <class Act>
outcome heard(tickets& t, std::chrono::nanoseconds patience, Act act)
{
    asio::io_context loop{1};
    auto answer = outcome::not_mine;
    auto asking = ask(t, patience, act);
    auto hear = [&](std::exception_ptr trouble, verdict v) {
        BOOST_TEST(!trouble);
        answer = v.outcome;
    };
    asio::co_spawn(loop, std::move(asking), hear);
    loop.run();
    return answer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tickets_)

BOOST_AUTO_TEST_CASE(an_answer_inside_the_call_that_asked_is_taken)
{
    tickets t{1};
    for (int i = 0; i < 3; ++i)
        BOOST_TEST((heard(t, 1h, [&](tokend_ticket k) { BOOST_TEST(t.settle(k, said(outcome::accept))); }) ==
                    outcome::accept));
    BOOST_TEST(t.in_flight() == 0U);
}

BOOST_AUTO_TEST_CASE(an_answer_from_another_thread_is_taken)
{
    tickets t{1};
    std::thread other;
    auto const answer =
        heard(t, 1h, [&](tokend_ticket k) { other = std::thread{[&t, k] { t.settle(k, said(outcome::accept)); }}; });
    other.join();
    BOOST_TEST((answer == outcome::accept));
}

BOOST_AUTO_TEST_CASE(a_second_answer_is_counted_and_changes_nothing)
{
    tickets t{1};
    auto const answer = heard(t, 1h, [&](tokend_ticket k) {
        t.settle(k, said(outcome::bad_secret));
        BOOST_TEST(!t.settle(k, said(outcome::accept)));
    });
    BOOST_TEST((answer == outcome::bad_secret));
    BOOST_TEST(t.stray_answers() == 1U);
}

BOOST_AUTO_TEST_CASE(without_an_answer_the_deadline_speaks_and_the_slot_stays_taken_until_one_comes)
{
    tickets t{1};
    tokend_ticket late = 0;
    BOOST_TEST((heard(t, 0ms, [&](tokend_ticket k) { late = k; }) == outcome::unavailable));
    BOOST_TEST(t.in_flight() == 1U);
    BOOST_TEST((heard(t, 1h, [](tokend_ticket) {}) == outcome::overloaded));
    BOOST_TEST(!t.settle(late, said(outcome::accept)));
    BOOST_TEST(!t.settle(late, said(outcome::accept)));
    BOOST_TEST(t.in_flight() == 0U);
}

// The plugin has blocked the waiting loop, which could not see the deadline pass.
BOOST_AUTO_TEST_CASE(an_answer_after_the_deadline_is_late_even_inside_the_call_that_asked)
{
    tickets t{1};
    auto const answer = heard(t, 1h, [&](tokend_ticket k) {
        BOOST_TEST(!t.settle(k, said(outcome::accept), boot_time() + 2h));
        BOOST_TEST(!t.settle(k, said(outcome::accept)));
    });
    BOOST_TEST((answer == outcome::unavailable));
    BOOST_TEST(t.stray_answers() == 2U);
    BOOST_TEST(t.in_flight() == 0U);
}

BOOST_AUTO_TEST_CASE(an_answer_in_time_counts_even_if_the_loop_comes_back_after_the_deadline)
{
    tickets t{1};
    auto const answer = heard(
        t, 1ns, [&](tokend_ticket k) { BOOST_TEST(t.settle(k, said(outcome::accept), std::chrono::nanoseconds{0})); });
    BOOST_TEST((answer == outcome::accept));
}

BOOST_AUTO_TEST_CASE(an_old_ticket_never_answers_a_new_question)
{
    tickets t{1};
    tokend_ticket old = 0;
    heard(t, 1h, [&](tokend_ticket k) {
        old = k;
        t.settle(k, said(outcome::accept));
    });
    auto const answer = heard(t, 0ms, [&](tokend_ticket k) {
        BOOST_TEST(k != old);
        BOOST_TEST(!t.settle(old, said(outcome::accept)));
    });
    BOOST_TEST((answer == outcome::unavailable));
}

BOOST_AUTO_TEST_CASE(a_ticket_that_was_never_given_out_is_counted)
{
    tickets t{1};
    BOOST_TEST(!t.settle(12345, said(outcome::accept)));
    BOOST_TEST(!t.settle(~tokend_ticket{0}, said(outcome::accept)));
    BOOST_TEST(t.stray_answers() == 2U);
}

BOOST_AUTO_TEST_CASE(stopping_answers_everybody_who_waits)
{
    tickets t{1};
    BOOST_TEST((heard(t, 1h, [&](tokend_ticket) { t.stop(); }) == outcome::unavailable));
    BOOST_TEST(t.in_flight() == 0U);
}

BOOST_AUTO_TEST_CASE(a_question_that_is_withdrawn_gives_its_slot_back)
{
    tickets t{1};
    asio::io_context loop{1};
    tickets::pending q{t, loop.get_executor(), boot_time() + 1h};
    BOOST_REQUIRE(q);
    BOOST_TEST(q.withdraw());
    BOOST_TEST(t.in_flight() == 0U);
    BOOST_TEST(!t.settle(q.ticket(), said(outcome::accept)));
}

// stop() has already posted to the question, which must outlive that call.
BOOST_AUTO_TEST_CASE(a_question_that_a_stop_has_answered_is_not_withdrawn_but_waited_for)
{
    tickets t{1};
    auto const answer = heard(t, 1h, [&](tickets::pending& q) {
        std::thread{[&] { t.stop(); }}.join();
        BOOST_TEST(!q.withdraw());
    });
    BOOST_TEST((answer == outcome::unavailable));
    BOOST_TEST(t.in_flight() == 0U);
}

BOOST_AUTO_TEST_CASE(a_question_that_goes_with_its_loop_leaves_nothing_dangling)
{
    tickets t{1};
    tokend_ticket open = 0;
    {
        asio::io_context loop{1};
        auto act = [&](tokend_ticket k) { open = k; };
        auto asking = ask(t, 1h, act);
        asio::co_spawn(loop, std::move(asking), asio::detached);
        loop.poll();
    }
    BOOST_TEST(!t.settle(open, said(outcome::accept)));
    BOOST_TEST(t.in_flight() == 0U);
}

// Answers race with deadlines on many threads. Every question gets one verdict, and every slot becomes free.
BOOST_AUTO_TEST_CASE(answers_and_deadlines_race_and_nothing_is_lost)
{
    constexpr int questions = 2000;
    tickets t{64};
    asio::io_context loop{1};
    std::atomic<int> answers{0};
    std::vector<std::atomic<tokend_ticket>> mailbox(64);
    std::atomic<bool> done{false};
    auto const patience = std::chrono::microseconds{50};
    auto act = [&](tokend_ticket k) { mailbox[static_cast<std::uint32_t>(k) % 64].store(k); };
    auto asker = [&]() -> task<void> {
        for (int i = 0; i < questions / 8; ++i)
        {
            auto const v = co_await ask(t, patience, act);
            answers +=
                v.outcome == outcome::accept || v.outcome == outcome::unavailable || v.outcome == outcome::overloaded;
        }
    };
    std::vector<std::thread> answerers;
    for (int i = 0; i < 2; ++i)
        answerers.emplace_back([&] {
            while (!done)
                for (auto& m : mailbox)
                    if (auto const k = m.exchange(0); k != 0)
                        t.settle(k, said(outcome::accept));
        });
    for (int i = 0; i < 8; ++i)
    {
        auto asking = asker();
        asio::co_spawn(loop, std::move(asking), asio::detached);
    }
    loop.run();
    while (t.in_flight() != 0)
        std::this_thread::yield();
    done = true;
    for (auto& a : answerers)
        a.join();
    BOOST_TEST(answers == questions);
}

BOOST_AUTO_TEST_SUITE_END()
