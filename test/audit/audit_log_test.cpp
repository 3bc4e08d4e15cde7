#include "audit/audit_log.hpp"

#include "support/audit_target.hpp"
#include "support/count.hpp"
#include "support/patience.hpp"
#include "support/written_log.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace tokend;
using namespace std::chrono_literals;
using test::eventually;

namespace {

// An audit log with its target and the operational log.
struct fixture
{
    tokend::clock clock{};
    test::written_log written{};
    logger log{clock, {.format = log_format::json, .descriptor = written.descriptor()}};
    std::shared_ptr<test::audit_target> to = std::make_shared<test::audit_target>();
    std::optional<audit_log> audit{};

    void open(audit_rules const& rules = {})
    {
        audit.emplace(std::make_unique<test::scripted_sink>(to), rules, clock, log);
    }
    void open(on_audit_failure how, std::size_t queue = 100)
    {
        open({.on_failure = how, .queue = queue, .retry = 1ms, .patience = 1h, .at_end = 1s});
    }
    void write(std::string const& event) { audit->write({.event = event}); }
    std::future<bool> wait_for(std::string const& event)
    {
        auto done = std::make_shared<std::promise<bool>>();
        audit->write({.event = event}, when_done([done](bool is_written) { done->set_value(is_written); }));
        return done->get_future();
    }
    bool logs(std::string const& text)
    {
        return eventually([&] { return test::count(written.text(), text) == 1; });
    }
    // Waits until the target holds these events, and checks that they are all.
    void check(std::vector<std::string> const& events)
    {
        to->await([&] { return to->got.size() >= events.size(); });
        BOOST_TEST(to->lines() == events, boost::test_tools::per_element());
    }
};

constexpr auto drop = on_audit_failure::drop;
constexpr auto refuse = on_audit_failure::refuse;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit_log_, fixture)

BOOST_AUTO_TEST_CASE(records_of_many_threads_are_written_once_each_and_in_the_order_of_their_thread)
{
    constexpr int threads = 4;
    constexpr int each = 2000;
    open(audit_rules{.queue = threads * each});
    {
        std::vector<std::jthread> writers;
        for (int t = 0; t < threads; ++t)
            writers.emplace_back([this, t] {
                for (int i = 0; i < each; ++i)
                    write(std::to_string(t) + ' ' + std::to_string(i));
            });
    }
    audit.reset();
    std::vector<int> next(threads);
    for (auto const& line : to->lines())
        BOOST_TEST(std::stoi(line.substr(2)) == next.at(static_cast<std::size_t>(line[0] - '0'))++);
    BOOST_TEST(next == std::vector<int>(threads, each), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(while_the_target_takes_nothing_records_wait_and_come_in_their_order)
{
    open(drop);
    to->take(2);
    for (auto const* const event : {"a", "b", "c", "d"})
        write(event);
    check({"a", "b"});
    BOOST_TEST(logs("audit log cannot be written: records wait"));
    write("e");
    to->take(100);
    check({"a", "b", "c", "d", "e"});
    BOOST_TEST(logs("audit log can be written again"));
    BOOST_TEST(audit->takes_issues());
    BOOST_TEST(test::count(written.text(), "are lost\"") == 0U);
}

BOOST_AUTO_TEST_CASE(records_without_room_are_lost_and_counted_where_they_are_missing)
{
    open(drop, 3);
    to->take(0);
    for (auto const* const event : {"a", "b", "c", "d", "e"})
        write(event);
    BOOST_TEST(logs(R"("msg":"audit records are lost")"));
    to->take(100);
    check({"a", "b", "c", "lost 2"});
    write("f");
    check({"a", "b", "c", "lost 2", "f"});
}

BOOST_AUTO_TEST_CASE(the_loss_comes_before_the_record_for_which_there_is_room_again)
{
    open(drop, 3);
    to->take(0);
    for (auto const* const event : {"a", "b", "c", "d", "e"})
        write(event);
    to->take(1);
    check({"a"});
    to->await_another_attempt();
    write("f");
    to->take(100);
    check({"a", "b", "c", "lost 2", "f"});
}

BOOST_AUTO_TEST_CASE(an_answer_waits_until_its_record_is_written)
{
    open({.on_failure = refuse});
    to->hang(true);
    auto const done = wait_for("a");
    to->await([&] { return to->in_call; });
    BOOST_TEST((done.wait_for(0s) == std::future_status::timeout));
    to->hang(false);
    BOOST_TEST(wait_for("b").get());
    check({"a", "b"});
}

BOOST_AUTO_TEST_CASE(a_record_that_cannot_be_written_is_refused_and_forgotten_and_the_others_come_later)
{
    open(refuse);
    to->take(0);
    BOOST_TEST(!wait_for("issued").get());
    BOOST_TEST(logs("audit log cannot be written: nothing is answered"));
    BOOST_TEST(audit->takes_issues());  // nothing waits, so the next record is the attempt
    write("refused instead");
    BOOST_TEST(!audit->takes_issues());
    BOOST_TEST(!wait_for("issued again").get());
    write("refused again");
    to->take(100);
    check({"refused instead", "refused again"});
    BOOST_TEST(eventually([&] { return audit->takes_issues(); }));
    BOOST_TEST(wait_for("issued at last").get());
    check({"refused instead", "refused again", "issued at last"});
}

BOOST_AUTO_TEST_CASE(records_before_the_one_that_fails_are_answered)
{
    open(refuse);
    to->hang(true);
    write("a");
    to->await([&] { return to->in_call; });
    auto b = wait_for("b");
    auto c = wait_for("c");
    to->set([&] {
        to->hangs = false;
        to->room = 2;
    });
    BOOST_TEST(b.get());
    BOOST_TEST(!c.get());
    check({"a", "b"});
}

BOOST_AUTO_TEST_CASE(records_that_wait_behind_the_one_that_fails_are_refused_and_forgotten_too)
{
    open(refuse);
    to->hang(true);
    write("a");
    to->await([&] { return to->in_call; });
    auto b = wait_for("b");
    write("c");
    to->set([&] {
        to->hangs = false;
        to->room = 0;
    });
    BOOST_TEST(!b.get());
    to->take(100);
    check({"a", "c"});
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses_too)
{
    open({.on_failure = refuse, .queue = 1});
    to->hang(true);
    write("a");
    to->await([&] { return to->in_call; });
    BOOST_TEST(!wait_for("b").get());
    to->hang(false);
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_a_target_that_hangs)
{
    open({.on_failure = refuse, .patience = 1s * test::patience});
    to->hang(true);
    auto a = wait_for("a");
    to->await([&] { return to->in_call; });
    BOOST_TEST(!a.get());
    BOOST_TEST(!audit->takes_issues());
    BOOST_TEST(logs("the target does not answer"));
    to->hang(false);
    BOOST_TEST(eventually([&] { return audit->takes_issues(); }));
    BOOST_TEST(wait_for("b").get());
    check({"a", "b"});  // the line of the first was on its way
}

BOOST_AUTO_TEST_CASE(the_target_is_opened_again_before_the_next_record)
{
    open();
    write("a");
    check({"a"});
    audit->reopen();
    to->await([&] { return to->opened == 2; });
    audit->reopen();
    write("b");
    check({"a", "b"});
    BOOST_TEST(to->opened == 3U);
    BOOST_TEST(logs(R"("msg":"audit log is not opened again, the old one is kept","reason":"not a file")"));
}

BOOST_AUTO_TEST_CASE(the_end_writes_what_waits)
{
    open(drop);
    to->hang(true);
    for (auto const* const event : {"a", "b", "c"})
        write(event);
    to->hang(false);
    audit.reset();
    check({"a", "b", "c"});
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_no_target_that_fails_or_hangs_and_reports_the_loss)
{
    open({.retry = 1h});
    to->take(0);
    write("a");
    to->await([&] { return to->attempts == 1; });
    write("b");
    audit.reset();
    BOOST_TEST(logs(R"("msg":"audit records are lost at the end","records":2)"));

    open({.at_end = 1ms});
    to->hang(true);
    write("c");
    to->await([&] { return to->in_call; });
    audit.reset();
    BOOST_TEST(logs(R"("msg":"audit records are lost at the end","records":1)"));
    to->hang(false);
    to->await([&] { return !to->in_call; });
}

BOOST_AUTO_TEST_CASE(ended_waits_are_refused)
{
    open({.on_failure = refuse});
    to->hang(true);
    auto done = wait_for("a");
    audit->end_waits();
    BOOST_TEST(!done.get());
    to->hang(false);
}

BOOST_AUTO_TEST_SUITE_END()
