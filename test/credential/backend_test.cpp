#include "credential/backend.hpp"

#include "credential/loaded_backends.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <stdexcept>
#include <thread>

using namespace tokend;
using namespace std::chrono_literals;
using test::held_thread;
using test::login;
using test::pending_result;

namespace tokend {
static std::ostream& operator<<(std::ostream& out, outcome o) { return out << name_of(o); }
}  // namespace tokend

namespace {

struct fixture : test::loaded_backends
{
    // The answer of a backend to one login.
    verdict ask(std::shared_ptr<backend> const& b, std::string name = "alice") { return run(b->ask(login(name))); }
    verdict ask_again(std::shared_ptr<backend> const& b, std::string name = "alice")
    {
        subject who;
        who.username = std::move(name);
        who.organisation = "ACME";
        return run(b->ask_again(std::move(who)));
    }
    // A backend whose questions are over as soon as they are asked.
    static backend_options impatient()
    {
        backend_options options;
        options.deadline = 0ms;
        return options;
    }
    static backend_options at_once(std::size_t max_in_flight)
    {
        backend_options options;
        options.deadline = 1h;
        options.max_in_flight = max_in_flight;
        return options;
    }
    std::shared_ptr<backend> rechecks(std::string_view orders, backend_options options = at_once(4))
    {
        folder.write("orders", orders);
        return start("rechecks", {{"orders", "orders"}, {"gate", "gate"}}, std::move(options));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(backend_, fixture)

BOOST_AUTO_TEST_CASE(a_plugin_that_refuses_its_options_or_cannot_start_is_named_with_its_section)
{
    auto const says = [](std::string_view text) {
        return [text](std::runtime_error const& e) { return e.what() == text; };
    };
    backend_options options;
    options.id = "corp";
    BOOST_CHECK_EXCEPTION(make("refuses_options", {}, options), std::runtime_error,
                          says("test.conf:7: [backend.corp] there is no good value for these options"));
    BOOST_CHECK_EXCEPTION(start("fails_to_start", {}, options), std::runtime_error,
                          says("test.conf:7: [backend.corp] the engine does not turn over"));
}

BOOST_AUTO_TEST_CASE(an_answer_is_what_the_plugin_gave)
{
    auto const b = start("gives_verdict", {{"verdict", "1"},
                                           {"username", "Alice"},
                                           {"units", "north, south"},
                                           {"default-unit", "south"},
                                           {"groups", "admins"},
                                           {"not-after", "2000000000"},
                                           {"api-key", "yes"}});
    auto const v = ask(b);
    BOOST_TEST(v.outcome == outcome::accept);
    BOOST_TEST(v.who.username == "Alice");
    BOOST_TEST(v.who.units == (std::vector<std::string>{"north", "south"}), boost::test_tools::per_element());
    BOOST_TEST(v.who.default_unit == "south");
    BOOST_TEST(v.who.groups == (std::vector<std::string>{"admins"}), boost::test_tools::per_element());
    BOOST_TEST(v.who.not_after == 2000000000);
    BOOST_TEST(v.who.api_key);
}

BOOST_AUTO_TEST_CASE(what_is_no_verdict_is_an_outage_with_its_reason)
{
    auto const unknown = ask(start("gives_verdict", {{"verdict", "99"}}));
    BOOST_TEST(unknown.outcome == outcome::unavailable);
    BOOST_TEST(unknown.reason == "the plugin gave no verdict: 99");
    auto const huge = ask(start("huge_principal"));
    BOOST_TEST(huge.outcome == outcome::unavailable);
    BOOST_TEST(huge.reason == "the plugin's principal takes more than 8192 bytes");
}

BOOST_AUTO_TEST_CASE(the_first_of_two_answers_counts_and_the_other_is_logged)
{
    BOOST_TEST(ask(start("answers_twice")).outcome == outcome::bad_secret);
    BOOST_TEST(logged().find("answer of a plugin that nobody waits for backend=answers_twice") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_plugin_that_never_answers_is_unavailable_and_its_questions_stay_in_flight)
{
    auto options = impatient();
    options.max_in_flight = 2;
    auto const b = start("never_answers", {}, options);
    for (int i = 0; i < 2; ++i)
    {
        auto const v = ask(b);
        BOOST_TEST(v.outcome == outcome::unavailable);
        BOOST_TEST(v.reason == "no answer within the deadline");
    }
    auto const v = ask(b);
    BOOST_TEST(v.outcome == outcome::overloaded);
    BOOST_TEST(v.reason == "max-in-flight questions wait already");
}

BOOST_AUTO_TEST_CASE(a_backend_that_is_down_is_not_asked_until_its_breaker_lets_a_probe_through)
{
    backend_options options;
    options.breaker = {.failures = 3, .time = 1h};
    auto const down = start("gives_verdict", {{"verdict", "8"}}, options);
    BOOST_TEST(!down->state().last_outage.has_value());
    verdict asked;
    for (int i = 0; i < 3; ++i)
    {
        BOOST_TEST(down->healthy());
        asked = ask(down);
        BOOST_TEST(asked.reason != "the breaker is open");
    }
    auto const spared = ask(down);
    BOOST_TEST(spared.outcome == outcome::unavailable);
    BOOST_TEST(spared.reason == "the breaker is open");
    BOOST_TEST(!down->healthy());
    BOOST_TEST(down->state().last_outage.value().reason == asked.reason);
    BOOST_TEST((down->state().last_outage->at <= std::chrono::steady_clock::now()));
    BOOST_TEST(logged().find("a backend is down: from now on one login at a time asks it") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(denials_and_full_queues_open_no_breaker)
{
    backend_options options;
    options.breaker = {.failures = 1, .time = 1h};
    auto const denying = start("gives_verdict", {{"verdict", "2"}}, options);
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(ask(denying).outcome == outcome::bad_secret);
    options = impatient();
    options.breaker = {.failures = 2, .time = 1h};
    options.max_in_flight = 1;
    auto const full = start("never_answers", {}, options);
    BOOST_TEST(ask(full).outcome == outcome::unavailable);
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(ask(full).outcome == outcome::overloaded);
}

BOOST_AUTO_TEST_CASE(an_answer_comes_from_a_thread_of_the_plugin)
{
    auto const b = start("answers_late", {{"gate", "gate"}}, at_once(4));
    pending_result<verdict> first{loop, b->ask(login("alice"))};
    pending_result<verdict> second{loop, b->ask(login("bob"))};
    loop.poll();
    BOOST_TEST(!first.has_ended());
    folder.write("gate", "");
    loop.restart();
    loop.run();
    BOOST_TEST(first.get().who.username == "asked-1");
    BOOST_TEST(second.get().who.username == "asked-2");
    b->stop();
}

BOOST_AUTO_TEST_CASE(a_late_answer_gives_its_place_back)
{
    auto options = impatient();
    options.max_in_flight = 1;
    auto const b = start("answers_late", {{"gate", "gate"}}, options);
    BOOST_TEST(ask(b).reason == "no answer within the deadline");
    BOOST_TEST(ask(b).reason == "max-in-flight questions wait already");
    folder.write("gate", "");
    while (ask(b).reason == "max-in-flight questions wait already")  // the test's time limit ends it
        std::this_thread::yield();
    b->stop();
    BOOST_TEST(logged().find("answer of a plugin that nobody waits for") != std::string::npos);
}

// The plugin sleeps for longer than a plugin may hold a loop, whatever the machine does.
BOOST_AUTO_TEST_CASE(a_plugin_that_holds_its_caller_is_logged_and_its_late_answer_is_an_outage)
{
    auto const b = start("holds_its_caller", {}, impatient());
    BOOST_TEST(ask(b, "slow").outcome == outcome::unavailable);
    auto const lines = logged();
    BOOST_TEST(lines.find("a plugin held an event loop") != std::string::npos);
    BOOST_TEST(lines.find(" plugin=holds_its_caller function=authenticate ms=") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_blocks_runs_on_the_pool_and_a_full_pool_is_an_overload)
{
    folder.write("gate", "");
    auto const b = start("blocks", {{"gate", "gate"}}, at_once(1));
    {
        held_thread held{pool};
        BOOST_REQUIRE(pool.try_run({.run = [] {}}));  // fills the queue
        for (int i = 0; i < 2; ++i)                   // the second one finds the place of the first one free
        {
            auto const v = ask(b);
            BOOST_TEST(v.outcome == outcome::overloaded);
            BOOST_TEST(v.reason == "the queue of blocking work is full");
        }
    }
    BOOST_TEST(ask(b).who.username == "let-through");
}

BOOST_AUTO_TEST_CASE(a_question_whose_deadline_passes_in_the_queue_is_not_asked)
{
    folder.write("gate", "");
    auto options = impatient();
    options.max_in_flight = 1;
    auto const b = start("blocks", {{"gate", "gate"}}, options);
    held_thread held{pool};
    BOOST_TEST(ask(b).reason == "no answer within the deadline");
    held.let_go();
    BOOST_TEST(logged().find("kept a question") == std::string::npos);
    auto again = ask(b);
    while (again.reason == "max-in-flight questions wait already")  // the pool's thread is about to free the place
        again = ask(b);
    BOOST_TEST(again.reason == "no answer within the deadline");
}

BOOST_AUTO_TEST_CASE(a_stop_answers_those_who_wait)
{
    auto const b = start("never_answers", {}, at_once(4));
    pending_result<verdict> waiting{loop, b->ask(login("alice"))};
    loop.poll();
    BOOST_TEST(!waiting.has_ended());
    std::thread{[&] { b->stop(); }}.join();
    loop.restart();
    loop.run();
    BOOST_TEST(waiting.get().outcome == outcome::unavailable);
    BOOST_TEST(waiting.get().reason == "tokend is stopping");
}

BOOST_AUTO_TEST_CASE(a_recheck_answers_what_the_source_holds_now)
{
    folder.write("list", "alice 1 north,south admins\nbob 6 - -\n");
    auto const b = start("listed", {{"list", "list"}});
    BOOST_TEST(b->can_recheck());
    auto const alice = ask_again(b, "alice");
    BOOST_TEST(alice.outcome == outcome::accept);
    BOOST_TEST(alice.who.units == (std::vector<std::string>{"north", "south"}), boost::test_tools::per_element());
    BOOST_TEST(ask_again(b, "bob").outcome == outcome::disabled);
    BOOST_TEST(ask_again(b, "carol").outcome == outcome::no_such_user);
    folder.write("list", "");
    BOOST_TEST(ask_again(b, "alice").outcome == outcome::no_such_user);
}

BOOST_AUTO_TEST_CASE(rechecks_have_a_bound_of_their_own_and_leave_room_for_logins)
{
    auto const b = rechecks("keep");
    BOOST_TEST(b->check_bound() == 1U);
    pending_result<verdict> first{loop, b->ask_again(subject{})};
    loop.poll();
    BOOST_TEST(!first.has_ended());
    pending_result<verdict> second{loop, b->ask_again(subject{})};
    pending_result<verdict> user{loop, b->ask(login("alice"))};
    loop.restart();
    loop.poll();
    BOOST_TEST(second.get().outcome == outcome::overloaded);
    BOOST_TEST(user.get().outcome == outcome::accept);
    BOOST_TEST(!first.has_ended());
    folder.write("gate", "");
    loop.restart();
    loop.run();
    BOOST_TEST(first.get().outcome == outcome::no_such_user);
    b->stop();
}

BOOST_AUTO_TEST_CASE(of_two_answers_to_a_recheck_the_first_counts)
{
    auto const b = rechecks("twice");
    BOOST_TEST(ask_again(b).outcome == outcome::accept);
    b->stop();
}

BOOST_AUTO_TEST_CASE(a_recheck_past_its_deadline_is_cancelled_and_answers_after_that_change_nothing)
{
    auto const b = rechecks("spite", impatient());
    BOOST_TEST(ask_again(b).reason == "no answer within the deadline");
    b->stop();
    auto const lines = logged();
    BOOST_TEST(lines.find("cancelled") != std::string::npos);
    BOOST_TEST(lines.find("answer of a plugin that nobody waits for") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(users_are_checked_again_as_the_section_says_where_the_plugin_can)
{
    folder.write("list", "");
    auto const rules = [&](std::optional<std::chrono::milliseconds> interval, std::chrono::milliseconds deadline) {
        backend_options options;
        options.recheck_interval = interval;
        options.deadline = deadline;
        return start("listed", {{"list", "list"}}, options)->rechecks();
    };
    BOOST_TEST((rules(std::nullopt, 5s).interval == 5min));
    BOOST_TEST((rules(std::nullopt, 5s).retry == 30s));
    BOOST_TEST((rules(1h, 20s).retry == 40s));
    BOOST_TEST((rules(10s, 5s).retry == 10s));
    BOOST_TEST((rules(0ms, 5s).interval == 0s));
    auto const cannot = start("never_answers");
    BOOST_TEST(!cannot->can_recheck());
    BOOST_TEST((cannot->rechecks().interval == 0s));
}

BOOST_AUTO_TEST_CASE(a_change_of_the_source_is_told_at_once_or_to_the_first_who_asks)
{
    folder.write("list", "");
    auto const b = start("listed", {{"list", "list"}});
    int changes = 0;
    ask(b, "changed");
    b->when_changed([&] { ++changes; });
    BOOST_TEST(changes == 1);
    ask(b, "changed");
    BOOST_TEST(changes == 2);
    b->when_changed({});
    ask(b, "changed");
    BOOST_TEST(changes == 2);
    b->when_changed([&] { ++changes; });
    BOOST_TEST(changes == 3);
}

BOOST_AUTO_TEST_SUITE_END()
