// Users whose tokens are in use are checked again. The plugin in test/fake/rechecks.c answers as a file orders.
#include "contract/contract.hpp"
#include "support/count.hpp"
#include "support/daemon.hpp"
#include "support/logged.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <string>
#include <vector>

using namespace tokend::test;

namespace {

struct world
{
    temporary_folder folder{};

    explicit world(std::string_view first_order) { order(first_order); }

    void order(std::string_view text) const { folder.write("orders", std::string{text} + "\n"); }
    void open_gate() const { folder.write("gate", ""); }
    daemon_options options(std::string_view settings = {}) const
    {
        auto const text = "[backend.corp]\nplugin = rechecks\norders = orders\ngate = gate\nrecheck-interval = 1s\n" +
                          std::string{settings} + "[organisation.ACME]\nbackends = corp\n";
        return {.configuration = folder.write("tokend.conf", text),
                .arguments = {"--server.drain-timeout=300ms", "--log.level=debug"},
                .plugins = fake_plugins()};
    }
};

std::string login(std::string_view user)
{
    return R"({"username":")" + std::string{user} + R"(","password":"p","organisation":"ACME"})";
}

std::string issue(daemon_process const& tokend, std::string_view user)
{
    return issue_token(tokend.address(), login(user));
}

// Uses the token until the log has that many lines with this text; the token must be valid all the time.
void use_until_logged(daemon_process const& tokend, std::string const& token, std::string_view text, std::size_t times)
{
    BOOST_TEST(eventually([&] {
        BOOST_TEST(is_active(tokend.address(), token));
        return count(tokend.log(), text) >= times;
    }));
}

bool is_revoked_by_use(daemon_process const& tokend, std::string const& token)
{
    return eventually([&] { return !is_active(tokend.address(), token); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recheck_)

BOOST_AUTO_TEST_CASE(who_is_gone_locked_disabled_or_expired_loses_all_tokens)
{
    for (auto const verdict : {"3", "5", "6", "7"})
    {
        world const w{verdict};
        daemon_process const tokend{w.options()};
        auto const used = issue(tokend, "alice");
        auto const unused = issue(tokend, "alice");
        BOOST_TEST(is_revoked_by_use(tokend, used), verdict);
        BOOST_TEST(tokend.logs("tokens revoked"));
        BOOST_TEST(!is_active(tokend.address(), unused), verdict);
        auto const log = tokend.log();
        BOOST_TEST(log.find("asked again: alice") != std::string::npos);
        BOOST_TEST(log.find(R"("organisation":"ACME","user":"alice")") != std::string::npos, log);
        BOOST_TEST(log.find(R"("tokens":2)") != std::string::npos, log);
        BOOST_TEST(log.find("as a fake does") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_verification_is_a_use_too)
{
    world const w{"3"};
    daemon_process const tokend{w.options()};
    auto const token = issue(tokend, "alice");
    BOOST_TEST(eventually([&] { return ask(tokend.address(), get("/auth/verify", bearer(token))).status == 401; }));
    BOOST_TEST(tokend.logs("tokens revoked"));
}

// A good user, an outage, and an answer that makes no sense; each is checked again.
BOOST_AUTO_TEST_CASE(no_other_verdict_changes_anything)
{
    for (auto const order : {"1", "8", "2", "4", "0", "99", "twice"})
    {
        world const w{order};
        daemon_process const tokend{w.options()};
        auto const token = issue(tokend, "alice");
        use_until_logged(tokend, token, "checked again", 2);
        BOOST_TEST(tokend.log().find("tokens revoked") == std::string::npos, order);
        w.order("3");
        BOOST_TEST(is_revoked_by_use(tokend, token), order);
    }
}

BOOST_AUTO_TEST_CASE(an_answer_that_never_comes_or_comes_late_changes_nothing)
{
    world const w{"keep"};
    daemon_process const tokend{w.options("deadline = 100ms\nmax-in-flight = 8\n")};
    auto const token = issue(tokend, "alice");
    use_until_logged(tokend, token, "cancelled", 2);
    use_until_logged(tokend, token, "users are being checked already", 1);  // both slots for checks are lost
    issue(tokend, "bob");                                                   // and no slot for logins
    w.order("1");                                                           // later questions are answered at once
    w.open_gate();
    use_until_logged(tokend, token, "answered what it had kept", 1);
    BOOST_TEST(is_active(tokend.address(), token));
    w.order("3");
    BOOST_TEST(is_revoked_by_use(tokend, token));
}

BOOST_AUTO_TEST_CASE(an_answer_out_of_cancel_changes_nothing_for_checks_and_for_logins)
{
    world const w{"spite"};
    daemon_process const tokend{w.options("deadline = 100ms\nmax-in-flight = 1\n")};
    auto const token = issue(tokend, "alice");
    use_until_logged(tokend, token, "cancelled", 2);
    for (int i = 0; i < 5; ++i)
        check_error(ask(tokend.address(), post(issue_path, login("slow"))), 503, "BACKEND_UNAVAILABLE");
    // The log may be a little later than the answers.
    auto const late = [&] { return find_logged(tokend.log(), {"no answer within the deadline"}).events; };
    BOOST_TEST(eventually([&] { return late() >= 7; }));
    BOOST_TEST(tokend.log().find("already") == std::string::npos);  // every slot was returned
    BOOST_TEST(is_active(tokend.address(), token));
}

BOOST_AUTO_TEST_CASE(checks_that_wait_do_not_hold_up_the_end)
{
    world const w{"keep"};
    daemon_process tokend{w.options("deadline = 1m\n")};
    auto const token = issue(tokend, "alice");
    use_until_logged(tokend, token, "asked again: alice", 1);
    tokend.stop();
}

BOOST_AUTO_TEST_CASE(an_interval_for_a_plugin_that_cannot_check_again_is_refused_with_its_line)
{
    temporary_folder const folder;
    auto const options = [&](std::string_view interval) {
        return daemon_options{
            .configuration =
                folder.write("tokend.conf", "[backend.fake]\nplugin = gives_verdict\nverdict = 1\nrecheck-interval = " +
                                                std::string{interval} + "\n[organisation.ACME]\nbackends = fake\n"),
            .plugins = fake_plugins()};
    };
    auto const got = start_in_vain(options("5m"));
    BOOST_TEST(got.status == 78);
    BOOST_TEST(
        got.log.find("tokend.conf:4: recheck-interval is set, but the plugin 'gives_verdict' cannot check a user "
                     "again; leave the line out\n") != std::string::npos,
        got.log);
    daemon_process const tokend{options("0s")};
    BOOST_TEST(is_active(tokend.address(), issue_token(tokend.address(), login("alice"))));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

// A backend that reads a list and reports when the list has changed; test/fake/listed.c.
struct listed_world
{
    temporary_folder folder{};

    void list(std::string_view lines) const { folder.write("list", lines); }
    daemon_options options(std::string_view settings = "recheck-interval = 0s\n", std::string_view more = {}) const
    {
        auto const text = "[tokens]\nfile = tokens\n[backend.staff]\nplugin = listed\nlist = list\n" +
                          std::string{settings} + "[organisation.ACME]\nbackends = staff\n" + std::string{more};
        return {.configuration = folder.write("tokend.conf", text),
                .arguments = {"--server.drain-timeout=300ms", "--log.level=debug", "--server.workers=1"},
                .plugins = fake_plugins()};
    }
};

// Makes the plugin report that its source has changed.
void change_source(daemon_process const& tokend)
{
    check_error(ask(tokend.address(), post(issue_path, login("changed"))), 401, "INVALID_CREDENTIALS");
}

bool is_let_in(daemon_process const& tokend, std::string const& token, std::string_view query)
{
    return ask(tokend.address(), get("/auth/verify" + std::string{query}, bearer(token))).status == 200;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(changed_source_)

BOOST_AUTO_TEST_CASE(users_who_are_removed_or_disabled_lose_their_tokens_when_the_source_changes)
{
    listed_world const w;
    w.list("alice 1 U1 -\nbob 1 U1 -\ncarol 1 U1 -\n");
    daemon_process const tokend{w.options()};
    auto const alice = issue(tokend, "alice");
    auto const bob = issue(tokend, "bob");
    auto const carol = issue(tokend, "carol");
    w.list("alice 1 U1 -\nbob 6 U1 -\n");
    tokend.signal(SIGHUP);
    BOOST_TEST(eventually([&] { return count(tokend.log(), "tokens revoked") == 2; }));  // without any use
    BOOST_TEST(is_active(tokend.address(), alice));
    BOOST_TEST(!is_active(tokend.address(), bob));
    BOOST_TEST(!is_active(tokend.address(), carol));
    BOOST_TEST(tokend.logs("all users with live tokens are checked again"), tokend.log());
    // A walk in progress may meet alice again, if her tokens have already got her new groups and units.
    auto const log = tokend.log();
    BOOST_TEST(count(log, R"("users":3)") + count(log, R"("users":4)") == 1, log);
}

BOOST_AUTO_TEST_CASE(groups_and_units_of_live_tokens_follow_the_source)
{
    listed_world const w;
    w.list("alice 1 U1,U2 admins\n");
    daemon_process const tokend{w.options()};
    auto const first = issue(tokend, "alice");
    auto const second = std::string{
        check_ok(ask(tokend.address(), post(switch_path, token_body(issue(tokend, "alice"), R"("unit":"U2")"))))
            .at("token")
            .as_string()};
    BOOST_TEST(is_let_in(tokend, first, "?group=admins"));
    w.list("alice 1 U1,U3 sales\n");
    tokend.signal(SIGHUP);
    BOOST_TEST(tokend.logs(R"("changed":1,"ended":1)"));
    BOOST_TEST(!is_active(tokend.address(), second));
    BOOST_TEST(is_active(tokend.address(), first));
    BOOST_TEST(!is_let_in(tokend, first, "?group=admins"));
    BOOST_TEST(is_let_in(tokend, first, "?group=sales"));
    check_error(ask(tokend.address(), post(switch_path, token_body(first, R"("unit":"U2")"))), 403, "UNIT_NOT_ALLOWED",
                "unit");
    check_ok(ask(tokend.address(), post(switch_path, token_body(first, R"("unit":"U3")"))));
}

BOOST_AUTO_TEST_CASE(a_check_by_use_gives_the_live_tokens_what_it_brings)
{
    listed_world const w;
    w.list("alice 1 U1 admins\n");
    daemon_process const tokend{w.options("recheck-interval = 1s\n")};
    auto const token = issue(tokend, "alice");
    w.list("alice 1 U1 sales\n");
    BOOST_TEST(eventually([&] { return !is_let_in(tokend, token, "?group=admins"); }));
    BOOST_TEST(is_let_in(tokend, token, "?group=sales"));
}

BOOST_AUTO_TEST_CASE(an_outage_at_a_change_changes_nothing)
{
    listed_world const w;
    w.list("alice 1 U1 -\n");
    daemon_process const tokend{w.options()};
    auto const token = issue(tokend, "alice");
    w.list("alice 8 U1 -\n");
    tokend.signal(SIGHUP);
    BOOST_TEST(tokend.logs(R"("users":1)"));
    BOOST_TEST(is_active(tokend.address(), token));
}

// Room for one check, and a gate before each answer.
BOOST_AUTO_TEST_CASE(checks_wait_for_room_and_a_change_meanwhile_brings_them_again)
{
    listed_world const w;
    std::string all;
    for (int i = 0; i < 20; ++i)
        all += "user-" + std::to_string(i) + " 1 U1 -\n";
    w.list(all);
    daemon_process const tokend{w.options("recheck-interval = 0s\nmax-in-flight = 4\ndeadline = 1m\ngate = gate\n")};
    std::vector<std::string> tokens;
    for (int i = 0; i < 20; ++i)
        tokens.push_back(issue(tokend, "user-" + std::to_string(i)));
    change_source(tokend);
    BOOST_TEST(tokend.logs("asked again"));
    for (auto const& token : tokens)
        BOOST_TEST(is_active(tokend.address(), token));  // no worker waits
    w.list("user-0 1 U1 -\n");
    change_source(tokend);
    w.folder.write("gate", "");
    BOOST_TEST(eventually([&] { return count(tokend.log(), "all users with live tokens are checked again") == 2; }));
    BOOST_TEST(tokend.log().find("more than one at once") == std::string::npos);
    BOOST_TEST(is_active(tokend.address(), tokens[0]));
    for (std::size_t i = 1; i < tokens.size(); ++i)
        BOOST_TEST(!is_active(tokend.address(), tokens[i]));
}

BOOST_AUTO_TEST_CASE(restored_tokens_are_checked_once_at_the_start)
{
    listed_world const w;
    w.list("alice 1 U1 -\nbob 1 U1 -\n");
    std::string alice;
    std::string bob;
    {
        daemon_process const tokend{w.options()};
        alice = issue(tokend, "alice");
        bob = issue(tokend, "bob");
    }
    w.list("alice 1 U1 -\n");
    daemon_process const tokend{w.options()};
    BOOST_TEST(tokend.logs("all users with live tokens are checked again"));
    BOOST_TEST(tokend.logs("tokens revoked"));
    BOOST_TEST(is_active(tokend.address(), alice));
    BOOST_TEST(!is_active(tokend.address(), bob));
}

BOOST_AUTO_TEST_CASE(checks_of_a_changed_source_do_not_hold_up_the_end)
{
    listed_world const w;
    w.list("alice 1 U1 -\n");
    daemon_process tokend{w.options("recheck-interval = 0s\ndeadline = 1m\ngate = gate\n")};
    issue(tokend, "alice");
    tokend.signal(SIGHUP);
    BOOST_TEST(tokend.logs("asked again"));
    tokend.stop();
}

// No client gets an answer before these tokens have ended, and they do not come back when the configuration has the
// organisation again.
BOOST_AUTO_TEST_CASE(tokens_of_an_organisation_or_a_backend_that_is_not_configured_end_at_the_start)
{
    listed_world const w;
    w.list("alice 1 U1 -\n");
    constexpr std::string_view more =
        "[backend.more]\nplugin = gives_verdict\nverdict = 1\n"
        "[organisation.GONE]\nbackends = staff\n[organisation.BOTH]\nbackends = more staff\n";
    auto const log_in = [](daemon_process const& tokend, std::string_view organisation) {
        return issue_token(tokend.address(), R"({"username":"alice","password":"p","organisation":")" +
                                                 std::string{organisation} + R"("})");
    };
    std::string kept;
    std::string of_organisation;
    std::string of_backend;
    {
        daemon_process const tokend{w.options("recheck-interval = 0s\n", more)};
        kept = log_in(tokend, "ACME");
        of_organisation = log_in(tokend, "GONE");
        of_backend = log_in(tokend, "BOTH");
    }
    {
        daemon_process const tokend{w.options("recheck-interval = 0s\n", "[organisation.BOTH]\nbackends = staff\n")};
        BOOST_TEST(!is_active(tokend.address(), of_organisation));
        BOOST_TEST(!is_active(tokend.address(), of_backend));
        BOOST_TEST(is_active(tokend.address(), kept));
        auto const log = tokend.log();
        BOOST_TEST(log.find(R"("tokens":2,"from":"BOTH:more, GONE:staff")") != std::string::npos, log);
    }
    daemon_process const tokend{w.options("recheck-interval = 0s\n", more)};
    BOOST_TEST(!is_active(tokend.address(), of_organisation));
    BOOST_TEST(!is_active(tokend.address(), of_backend));
    BOOST_TEST(is_active(tokend.address(), kept));
}

BOOST_AUTO_TEST_SUITE_END()
