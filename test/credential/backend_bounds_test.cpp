#include "credential/backend.hpp"

#include "credential/loaded_backends.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>

using namespace tokend;
using namespace std::chrono_literals;
using test::held_thread;
using test::pending_result;

namespace {

struct fixture : test::loaded_backends
{
    fixture() : loaded_backends{10} {}

    static backend_options patient(std::size_t max_in_flight)
    {
        backend_options options;
        options.deadline = 1h;
        options.max_in_flight = max_in_flight;
        return options;
    }
    static std::shared_ptr<question const> login_of(std::string name, payer pays, asker from = {})
    {
        auto q = *test::login(std::move(name), pays.organisation);
        q.pays = std::move(pays);
        q.from = std::move(from);
        return std::make_shared<question const>(std::move(q));
    }
    void turn()
    {
        loop.restart();
        loop.poll();
    }
    // Turns the loop until the login is over.
    verdict& end_of(pending_result<verdict>& login)
    {
        while (!login.has_ended())
        {
            turn();
            std::this_thread::yield();
        }
        return login.get();
    }
    std::size_t times_logged(std::string_view what)
    {
        auto const text = logged();
        std::size_t times = 0;
        for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1))
            ++times;
        return times;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backend_bounds, fixture)

BOOST_AUTO_TEST_CASE(logins_wait_for_a_place_and_organisations_take_turns)
{
    auto const b = start("answers_late", {{"gate", "gate"}}, patient(1));
    pending_result<verdict> first{loop, b->ask(login_of("a", {"ACME", "one"}))};
    turn();
    pending_result<verdict> second{loop, b->ask(login_of("b", {"ACME", "one"}))};
    turn();
    pending_result<verdict> third{loop, b->ask(login_of("c", {"ACME", "one"}))};
    turn();
    pending_result<verdict> other{loop, b->ask(login_of("d", {"CRMDEMO", "two"}))};
    turn();
    folder.write("gate", "");
    BOOST_TEST(end_of(third).who.username == "asked-4");
    BOOST_TEST(end_of(first).who.username == "asked-1");
    BOOST_TEST(end_of(second).who.username == "asked-2");
    BOOST_TEST(end_of(other).who.username == "asked-3");
    b->stop();
}

BOOST_AUTO_TEST_CASE(a_login_that_finds_no_room_in_the_queue_is_an_overload)
{
    auto options = patient(1);
    options.max_queued = 0;
    auto const b = start("never_answers", {}, options);
    pending_result<verdict> first{loop, b->ask(login_of("a", {"ACME", "one"}))};
    turn();
    pending_result<verdict> second{loop, b->ask(login_of("b", {"ACME", "one"}))};
    auto const& refused = end_of(second);
    BOOST_TEST((refused.outcome == outcome::overloaded));
    BOOST_TEST(refused.reason == "max-in-flight questions wait already");
    b->stop();
    BOOST_TEST((end_of(first).outcome == outcome::unavailable));
}

BOOST_AUTO_TEST_CASE(the_same_login_at_the_same_time_is_one_question)
{
    auto const b = start("blocks", {{"gate", "gate"}}, patient(10));
    pending_result<verdict> first{loop, b->ask(login_of("alice", {"ACME", "one"}))};
    pending_result<verdict> second{loop, b->ask(login_of("alice", {"ACME", "one"}))};
    pending_result<verdict> other{loop, b->ask(login_of("alice", {"CRMDEMO", "one"}))};
    turn();
    folder.write("gate", "");
    for (auto* login : {&first, &second, &other})
        BOOST_TEST(end_of(*login).who.username == "let-through");
    BOOST_TEST(times_logged("kept a question") == 2U);
    BOOST_TEST(run(b->ask(login_of("alice", {"ACME", "one"}))).who.username == "let-through");
    BOOST_TEST(times_logged("kept a question") == 3U);
}

BOOST_AUTO_TEST_CASE(the_login_of_a_client_that_has_gone_is_not_begun)
{
    folder.write("gate", "");
    auto const b = start("blocks", {{"gate", "gate"}}, patient(10));
    auto const gone = std::make_shared<std::atomic<bool>>(false);
    asker client;
    client.gone = gone;
    held_thread held{pool};
    pending_result<verdict> alone{loop, b->ask(login_of("alice", {"ACME", "one"}, client))};
    pending_result<verdict> watched{loop, b->ask(login_of("bob", {"ACME", "one"}, client))};
    turn();
    pending_result<verdict> same{loop, b->ask(login_of("bob", {"ACME", "one"}))};
    turn();
    *gone = true;
    held.let_go();
    auto const& dropped = end_of(alone);
    BOOST_TEST((dropped.outcome == outcome::overloaded));
    BOOST_TEST(dropped.reason == "the client has gone");
    BOOST_TEST(end_of(same).who.username == "let-through");
    BOOST_TEST(end_of(watched).who.username == "let-through");
    BOOST_TEST(times_logged("kept a question") == 1U);
}

BOOST_AUTO_TEST_CASE(a_client_that_has_ended_its_side_is_answered_if_nobody_else_waits)
{
    folder.write("gate", "");
    auto const b = start("blocks", {{"gate", "gate"}}, patient(10));
    asker client;
    client.gone = std::make_shared<std::atomic<bool>>(true);
    held_thread held{pool};
    pending_result<verdict> alone{loop, b->ask(login_of("alice", {"ACME", "one"}, client))};
    turn();
    held.let_go_without_waiting();
    BOOST_TEST(end_of(alone).who.username == "let-through");
}

BOOST_AUTO_TEST_CASE(a_login_that_leaves_the_queue_for_another_one_is_an_overload)
{
    folder.write("gate", "");
    test::loaded_backends small{1};
    small.folder.write("gate", "");
    auto const b = small.start("blocks", {{"gate", "gate"}}, patient(10));
    held_thread held{small.pool};
    BOOST_REQUIRE(small.pool.try_run({.run = [] {}, .pays = {"ACME", "owner"}}));
    pending_result<verdict> guess{small.loop, b->ask(login_of("alice", {"ACME", "guesser"}))};
    small.loop.poll();
    BOOST_REQUIRE(guess.has_ended());
    BOOST_TEST(guess.get().reason == "the queue of blocking work is full");
}

BOOST_AUTO_TEST_SUITE_END()
