// A misbehaving plugin harms no other plugin. One case for each of the plugins in test/fake.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

using namespace tokend::test;

namespace {

// One organisation for each backend, with the backend's name.
std::string backend(std::string_view plugin, std::string_view settings = {}, std::string_view id = {})
{
    std::string const name{id.empty() ? plugin : id};
    return "[backend." + name + "]\nplugin = " + std::string{plugin} + "\n" + std::string{settings} + "[organisation." +
           name + "]\nbackends = " + name + "\n";
}

struct world
{
    temporary_folder folder{};
    std::string gate = (folder / "gate").string();

    void open_gate() const { folder.write("gate", ""); }

    daemon_options options(std::string_view configuration, std::vector<std::string> arguments = {}) const
    {
        arguments.insert(arguments.begin(), {"--login.failure-time=0ms", "--server.drain-timeout=300ms"});
        return {.configuration = folder.write("tokend.conf", configuration),
                .arguments = arguments,
                .plugins = fake_plugins()};
    }
};

std::string login(std::string_view organisation, std::string_view user = "u")
{
    return R"({"username":")" + std::string{user} + R"(","password":"p","organisation":")" + std::string{organisation} +
           R"("})";
}

answer log_in(daemon_process const& tokend, std::string_view organisation, std::string_view user = "u")
{
    return ask(tokend.address(), post(issue_path, login(organisation, user)));
}

std::string user_of(daemon_process const& tokend, answer const& issued)
{
    auto const token = check_ok(issued).at("token");
    return std::string{
        check_ok(ask(tokend.address(), post(validate_path, token_body(token.as_string())))).at("username").as_string()};
}

// A login on a connection of its own that waits for its answer.
raw_client begin(daemon_process const& tokend, std::string_view organisation, std::string_view user = "u")
{
    raw_client client{tokend.address()};
    client.send(post(issue_path, login(organisation, user)));
    return client;
}

bool is_refused_for_trouble(answer const& a)
{
    return a.status == 503 && a.count("Retry-After") == 1 &&
           (a.body == error_body("BACKEND_UNAVAILABLE", message_of("BACKEND_UNAVAILABLE")) ||
            a.body == error_body("OVERLOADED", message_of("OVERLOADED")));
}

auto const good = backend("gives_verdict", "verdict = 1\n", "good");

}  // namespace

BOOST_AUTO_TEST_SUITE(fake_plugins_)

BOOST_AUTO_TEST_CASE(an_answer_from_inside_authenticate_is_taken)
{
    world const w;
    daemon_process const tokend{w.options(good)};
    for (int i = 0; i < 50; ++i)
        BOOST_TEST(user_of(tokend, log_in(tokend, "good")) == "somebody");
}

BOOST_AUTO_TEST_CASE(an_answer_from_another_thread_is_taken)
{
    world const w;
    w.open_gate();
    daemon_process const tokend{w.options(backend("answers_late", "gate = " + w.gate + "\n"))};
    for (int i = 1; i <= 20; ++i)
        BOOST_TEST(user_of(tokend, log_in(tokend, "answers_late")) == "asked-" + std::to_string(i));
}

BOOST_AUTO_TEST_CASE(a_backend_that_never_answers_is_unavailable_when_its_time_is_up)
{
    world const w;
    daemon_process const tokend{w.options(good + backend("never_answers", "deadline = 100ms\n"))};
    check_error(log_in(tokend, "never_answers"), 503, "BACKEND_UNAVAILABLE");
    check_ok(log_in(tokend, "good"));
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_backend_holds_up_nobody_else)
{
    world const w;
    daemon_process const tokend{w.options(
        good + backend("never_answers", "deadline = 1m\nmax-in-flight = 2\nmax-queued = 0\n"), {"--server.workers=1"})};
    auto const first = begin(tokend, "never_answers", "a");
    auto const second = begin(tokend, "never_answers", "b");
    BOOST_TEST(eventually([&] {
        auto const log = tokend.log();
        auto const once = log.find("kept a question");
        return once != std::string::npos && log.find("kept a question", once + 1) != std::string::npos;
    }));
    // There is room for two only: the third is answered at once, long before its minute is over.
    BOOST_TEST(is_refused_for_trouble(log_in(tokend, "never_answers", "c")));
    auto const token = check_ok(log_in(tokend, "good")).at("token");
    for (int i = 0; i < 100; ++i)
        BOOST_TEST(is_active(tokend.address(), token.as_string()));
    BOOST_TEST(!first.has_answer());
    BOOST_TEST(!second.has_answer());
}

BOOST_AUTO_TEST_CASE(a_second_answer_changes_nothing)
{
    world const w;
    daemon_process const tokend{w.options(good + backend("answers_twice", "max-in-flight = 1\n"))};
    for (int i = 0; i < 20; ++i)
    {
        check_error(log_in(tokend, "answers_twice"), 401, "INVALID_CREDENTIALS");
        BOOST_TEST(user_of(tokend, log_in(tokend, "good")) == "somebody");
    }
}

BOOST_AUTO_TEST_CASE(an_answer_after_the_deadline_changes_nothing)
{
    world const w;
    daemon_process const tokend{w.options(good + backend("answers_late", "deadline = 200ms\ngate = " + w.gate + "\n"))};
    check_error(log_in(tokend, "answers_late"), 503, "BACKEND_UNAVAILABLE");
    w.open_gate();
    BOOST_TEST(tokend.logs("answered what waited"));
    BOOST_TEST(user_of(tokend, log_in(tokend, "good")) == "somebody");

    // The backend is asked again, and no login gets the identity whose answer came too late.
    std::string user;
    BOOST_TEST(eventually([&] {
        auto const a = log_in(tokend, "answers_late");
        user = a.status == 200 ? user_of(tokend, a) : "";
        return !user.empty();
    }));
    BOOST_TEST(user.starts_with("asked-"));
    BOOST_TEST(user != "asked-1");
}

// The plugin blocks the loop itself, so the deadline passes unseen. The late acceptance still admits nobody.
BOOST_AUTO_TEST_CASE(an_answer_after_the_deadline_is_late_on_whatever_thread_and_the_log_says_who_held_the_loop)
{
    world const w;
    daemon_process const tokend{
        w.options(backend("holds_its_caller", "deadline = 150ms\nrecheck-interval = 1s\nmax-in-flight = 4\n"),
                  {"--server.workers=1"})};
    check_error(log_in(tokend, "holds_its_caller"), 503, "BACKEND_UNAVAILABLE");
    BOOST_TEST(tokend.logs(R"("function":"authenticate")"));
    auto const log = tokend.log();
    auto const line = log.find("a plugin held an event loop");
    BOOST_TEST_REQUIRE(line != std::string::npos);
    for (auto const word : {R"("backend":"holds_its_caller")", R"("plugin":"holds_its_caller")", R"("ms":)"})
        BOOST_TEST(log.find(word, line) != std::string::npos, word);

    check_error(log_in(tokend, "holds_its_caller", "never"), 503, "BACKEND_UNAVAILABLE");
    BOOST_TEST(tokend.logs(R"("function":"cancel")"));

    auto const token = check_ok(log_in(tokend, "holds_its_caller", "quick")).at("token");
    BOOST_TEST(eventually([&] {
        BOOST_TEST(is_active(tokend.address(), token.as_string()));  // the late answer to a check changes nothing
        return tokend.log().find(R"("function":"recheck")") != std::string::npos;
    }));
    BOOST_TEST(is_active(tokend.address(), token.as_string()));
}

BOOST_AUTO_TEST_CASE(a_job_that_holds_its_thread_is_reported_and_another_thread_goes_on)
{
    world const w;
    daemon_process const tokend{
        w.options(backend("blocks", "deadline = 500ms\ngate = " + w.gate + "\n") +
                      "[backend.other]\nplugin = blocks\ndeadline = 1m\ngate = " + (w.folder / "other").string() +
                      "\n[organisation.other]\nbackends = other\n",
                  {"--server.workers=1", "--login.blocking-threads=1", "--login.blocking-queue=8"})};
    w.folder.write("other", "");
    // On a busy machine the deadline may pass before a thread takes the question; then the plugin is not asked.
    BOOST_TEST(eventually([&] {
        check_error(log_in(tokend, "blocks"), 503, "BACKEND_UNAVAILABLE");
        return tokend.log().find("kept a question") != std::string::npos;
    }));
    BOOST_TEST(tokend.logs("a login holds a hashing thread for too long"));
    BOOST_TEST(tokend.log().find(R"("backend":"blocks","runs_longer_than_ms":1000)") != std::string::npos);
    BOOST_TEST(user_of(tokend, log_in(tokend, "other")) == "let-through");
    w.open_gate();
}

BOOST_AUTO_TEST_CASE(a_reload_that_hangs_holds_no_thread_of_logins)
{
    world const w;
    daemon_process const tokend{w.options(
        backend("blocks", "gate = " + w.gate + "\n") + "[backend.other]\nplugin = blocks\ndeadline = 1m\ngate = " +
            (w.folder / "other").string() + "\n[organisation.other]\nbackends = other\n",
        {"--server.workers=1", "--login.blocking-threads=1"})};
    w.folder.write("other", "");
    w.folder.write("gate.start", "");
    tokend.signal(SIGHUP);
    BOOST_TEST(tokend.logs("kept a start"));
    BOOST_TEST(user_of(tokend, log_in(tokend, "other")) == "let-through");
    BOOST_TEST(tokend.log().find("holds a hashing thread") == std::string::npos, tokend.log());
    w.open_gate();
}

BOOST_AUTO_TEST_CASE(a_backend_that_blocks_fills_its_pool_and_nothing_else)
{
    world const w;
    daemon_process const tokend{
        w.options(good + backend("blocks", "deadline = 1m\ngate = " + w.gate + "\n"),
                  {"--server.workers=1", "--login.blocking-threads=1", "--login.blocking-queue=1"})};
    // At most one is asked and one waits; the others are answered at once.
    std::vector<raw_client> logins;
    for (auto const user : {"a", "b", "c", "d"})
        logins.push_back(begin(tokend, "blocks", user));
    auto const answered = [&] {
        return std::count_if(logins.begin(), logins.end(), [](auto& c) { return c.has_answer(); });
    };
    BOOST_TEST(eventually([&] { return answered() >= 2; }));

    auto const token = check_ok(log_in(tokend, "good")).at("token");
    for (int i = 0; i < 100; ++i)
        BOOST_TEST(is_active(tokend.address(), token.as_string()));
    for (auto& login : logins)
        if (login.has_answer())
            check_error(login.receive(), 503, "OVERLOADED");

    w.open_gate();
    BOOST_TEST(eventually([&] { return log_in(tokend, "blocks").status == 200; }));
}

BOOST_AUTO_TEST_CASE(an_outage_is_no_denial)
{
    world const w;
    daemon_process const tokend{w.options(backend("gives_verdict", "verdict = 8\n", "unavailable"))};
    check_error(log_in(tokend, "unavailable"), 503, "BACKEND_UNAVAILABLE");
}

BOOST_AUTO_TEST_CASE(no_verdict_and_an_unknown_one_let_nobody_in)
{
    world const w;
    daemon_process const tokend{w.options(backend("gives_verdict", "verdict = 0\n", "nothing") +
                                          backend("gives_verdict", "verdict = 9\n", "nine") +
                                          backend("gives_verdict", "verdict = 4294967295\n", "many"))};
    for (auto const organisation : {"nothing", "nine", "many"})
        check_error(log_in(tokend, organisation), 503, "BACKEND_UNAVAILABLE");
}

BOOST_AUTO_TEST_CASE(a_principal_that_is_too_large_is_refused_and_not_cut)
{
    world const w;
    daemon_process const tokend{w.options(good + backend("huge_principal"))};
    check_error(log_in(tokend, "huge_principal"), 503, "BACKEND_UNAVAILABLE");
    BOOST_TEST(tokend.logs("huge_principal"));
    check_ok(log_in(tokend, "good"));
}

BOOST_AUTO_TEST_CASE(questions_that_wait_do_not_hold_up_the_end)
{
    world const w;
    daemon_process tokend{w.options(backend("never_answers", "deadline = 1m\n") +
                                    backend("answers_late", "deadline = 1m\ngate = " + w.gate + "\n"))};
    auto const first = begin(tokend, "never_answers");
    auto const second = begin(tokend, "answers_late");
    BOOST_TEST(tokend.logs("never_answers"));
    BOOST_TEST(tokend.logs("answers_late"));
    tokend.stop();
}

BOOST_AUTO_TEST_CASE(a_plugin_that_blocks_does_not_hold_up_the_end)
{
    world const w;
    daemon_process tokend{w.options(backend("blocks", "deadline = 1m\ngate = " + w.gate + "\n"))};
    auto const waiting = begin(tokend, "blocks");
    BOOST_TEST(tokend.logs("kept a question"));
    tokend.stop();
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

void check_refused(std::string_view configuration, std::vector<std::string_view> const& words)
{
    world const w;
    auto const result = start_in_vain(w.options(configuration));
    BOOST_TEST(result.status == 78);  // EX_CONFIG of sysexits.h
    std::string::size_type at = 0;
    for (auto const word : words)
        BOOST_TEST((at = result.log.find(word)) != std::string::npos, "'" << word << "' is not in: " << result.log);
    BOOST_TEST(std::count(result.log.begin(), result.log.end(), '\n') == 1, result.log);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_plugins_)

BOOST_AUTO_TEST_CASE(another_major_version_is_refused)
{
    check_refused(backend("old_abi"), {"old_abi.so", "0.9", "1.4"});
}

BOOST_AUTO_TEST_CASE(a_short_descriptor_is_refused) { check_refused(backend("short_struct"), {"short_struct.so"}); }

BOOST_AUTO_TEST_CASE(a_library_without_the_entry_is_refused)
{
    check_refused(backend("no_entry"), {"no_entry.so", "tokend_plugin"});
}

BOOST_AUTO_TEST_CASE(a_plugin_that_is_not_there_is_refused) { check_refused(backend("not_there"), {"not_there"}); }

BOOST_AUTO_TEST_CASE(options_that_the_plugin_does_not_take_are_refused)
{
    check_refused(backend("refuses_options"), {"refuses_options", "there is no good value for these options"});
}

BOOST_AUTO_TEST_CASE(a_plugin_that_cannot_start_is_refused)
{
    check_refused(backend("fails_to_start"), {"fails_to_start", "the engine does not turn over"});
}

BOOST_AUTO_TEST_CASE(options_that_are_not_in_the_plugins_table_are_refused)
{
    check_refused(backend("gives_verdict", "verdict = 1\nverdicts = 1\n"), {"tokend.conf:4", "verdicts"});
    check_refused(backend("gives_verdict", "verdict = one\n"), {"tokend.conf:3", "verdict"});
    check_refused(backend("gives_verdict"), {"verdict"});
}

BOOST_AUTO_TEST_SUITE_END()
