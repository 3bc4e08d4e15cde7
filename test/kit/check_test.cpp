#include "app/plugin_check/rules.hpp"
#include "kit/shell.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <ostream>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace tokend;
using namespace tokend::test;

// tokend-plugin-check against plugins that break a rule each.
namespace {

std::string const fakes = TEST_FAKE_PLUGINS;
std::string const plugins = TEST_PLUGINS;
// For a plugin that never answers.
std::string const impatient = " --deadline=200ms ";

result check(std::string const& arguments, std::string const& secrets = {})
{
    return shell((secrets.empty() ? std::string{} : "printf '%s\\n' " + secrets + " | ") + TEST_CHECK + ' ' +
                 arguments);
}

// A mistake of the plugin `breaks`, or of another one, and how it is found.
struct mistake
{
    std::string plugin;  // its arguments and its name
    std::string check;
    std::string_view rule;
    std::string says{};
};
std::ostream& operator<<(std::ostream& out, mistake const& m) { return out << m.plugin << " (" << m.check << ')'; }

mistake breaks(std::string const& how, std::string check, std::string_view rule, std::string says = {})
{
    return {"--option=how=" + how + " breaks", std::move(check), rule, std::move(says)};
}

std::vector<mistake> const mistakes{
    {"no_entry", "load", {}, "exports no 'tokend_plugin'"},
    {"old_abi", "load", {}, "is made for plugin ABI 0.9"},
    {"short_struct", "load", {}, "its descriptor has"},
    {"exports_more", "exports", rule::one_symbol, "another_symbol"},
    {"unknown_kind", "descriptor", rule::blocking},
    {"blocks_for_others", "descriptor", rule::blocking},
    {"decoy_without_blocking", "descriptor", rule::decoy_kinds},
    {"option_name", "options", rule::option_name, "'Upper_Case'"},
    {"option_type", "options", rule::option_type, "99"},
    {"option_help", "options", rule::option_help},
    {"option_default", "options", rule::option_default, "soon"},
    {"option_required", "options", rule::option_default, "required"},
    {"option_twice", "options", rule::option_name, "twice"},
    {"refuses_options", "create", rule::create, "there is no good value for these options"},
    {"fails_to_start", "start", rule::start, "the engine does not turn over"},
    breaks("fails-silently", "start", rule::start, "without a reason"),
    breaks("refuses-silently", "wrong-options", rule::create, "without a reason"),
    breaks("refuses-in-lines", "wrong-options", rule::create, "several lines"),
    breaks("refuses-at-length", "wrong-options", rule::create, "in create()"),
    breaks("dies-of-options", "wrong-options", rule::no_throw, "crashed in create()"),
    breaks("keeps-values", "unknown", rule::values, "in authenticate()"),
    breaks("keeps-question", "many", rule::question, "in authenticate()"),
    breaks("reads-too-far", "old-host", rule::sizes, "in create()"),
    breaks("crashes", "unknown", {}, "crashed in authenticate(): Segmentation fault"),
    breaks("leaves", "unknown", {}, "ended the process in authenticate() with status 3"),
    {"throws_at_host", "unknown", rule::no_throw, "crashed in authenticate(): Aborted"},
    {"throws", "unknown", rule::unavailable, "unknown exception"},
    {"never_answers", "unknown", rule::once, "was not answered within"},
    {"answers_twice", "unknown", rule::once, "was answered twice"},
    breaks("answers-strangers", "unknown", rule::once, "which it was not given"),
    {"huge_principal", "unknown", rule::room},
    {"--option=verdict=0 gives_verdict", "unknown", rule::verdict},
    {"--option=verdict=1 gives_verdict", "unknown", rule::accept, "drawn by lot"},
    {"--option=verdict=8 gives_verdict", "unknown", rule::unavailable},
    {"--option=verdict=2 gives_verdict", "unknown", rule::no_such_user},
    breaks("logs-secrets", "unknown", rule::log, "holds a secret"),
    breaks("logs-in-lines", "unknown", rule::log, "no line of UTF-8"),
    breaks("logs-loudly", "unknown", rule::level, "99"),
    breaks("logs-after-its-end", "create", rule::host, "in create()"),
    breaks("writes-secrets", "unknown", rule::reason, "holds a secret"),
    {"--limit=2s never_returns", "at-once", rule::loop, "authenticate() did not return within 2000 ms"},
    {"holds_its_caller", "at-once", rule::loop, "authenticate() returned after"},
    breaks("dawdles-in-explain", "at-once", rule::at_once, "explain() returned after"),
    breaks("dawdles-in-cancel", "at-once", rule::at_once, "cancel() returned after"),
    breaks("dawdles-in-recheck", "at-once", rule::at_once, "recheck() returned after"),
    breaks("dawdles-in-knows", "at-once", rule::at_once, "knows() returned after"),
    breaks("dawdles-in-health", "at-once", rule::no_block, "health() returned after"),
    breaks("keeps-subject", "at-once", rule::subject, "in recheck()"),
    breaks("waits-for-cancel", "unknown", rule::deadline, "was answered after its deadline"),
    breaks("drops-late", "deadline", rule::once, "was not answered within"),
    breaks("forgets-cancelled", "cancel", rule::cancelled),
    breaks("answers-cancelled", "cancel", rule::once, "was answered twice"),
    breaks("one-at-a-time", "many", rule::once, "was not answered within"),
    breaks("answers-after-stop", "stop", rule::after_stop),
    breaks("answers-last-host", "instances", rule::instances, "which it was not given"),
    breaks("leaks-threads", "leaks", rule::host, "20 threads"),
    breaks("leaks-descriptors", "leaks", rule::host, "20 descriptors"),
    breaks("is-ill-silently", "health", rule::health, "without a reason"),
    breaks("is-half-ill", "health", rule::health, "returned 2"),
    breaks("fails-to-reload", "reload", rule::reload, "the source is gone"),
    breaks("reloads-silently", "reload", rule::reload, "without a reason"),
    breaks("rechecks-anybody", "recheck", rule::recheck, "drawn by lot"),
    breaks("rechecks-nobody", "recheck", rule::once, "was not answered within"),
    breaks("explains-secrets", "explain", rule::steps, "holds a secret"),
    breaks("explains-at-length", "explain", rule::steps, "65 steps"),
    breaks("explains-otherwise", "explain", rule::explain),
    breaks("knows-badly", "knows", rule::knows),
    breaks("answers-decoys", "decoy", rule::once, "which it was not given"),
};

// With credentials that it should accept.
std::vector<mistake> const mistakes_with_users{
    breaks("knows-nobody", "known", rule::accept, "refuses the credentials that were given"),
    breaks("accepts-any-secret", "known", rule::accept, "with a wrong secret"),
    breaks("forgets-names", "known", rule::bad_secret),
    breaks("loses-users", "recheck", rule::recheck, "does not find 'good' again"),
    breaks("explains-nothing-bare", "explain", rule::explain_bare),
    breaks("denies-users", "knows", rule::knows, "whose credentials were given"),
    {"--option=known=good --option=check=50 --option=decoy=0 burns", "decoy", rule::decoy, "us of the processor"},
};

std::string arguments_of(mistake const& m)
{
    auto const name = m.plugin.rfind(' ') + 1;
    return impatient + "--only=" + m.check + ' ' + m.plugin.substr(0, name) + fakes + '/' + m.plugin.substr(name) +
           ".so";
}

void expect_found(mistake const& m, result const& r)
{
    BOOST_TEST(r.status == 1, r.output);
    BOOST_TEST(r.output.find("FAIL  " + m.check + ": ") != r.output.npos, r.output);
    BOOST_TEST(r.output.find(m.says) != r.output.npos, r.output);
    auto const quotation = m.rule.empty() ? std::string{} : "plugin.h: \"" + std::string{m.rule} + '"';
    BOOST_TEST(r.output.find(quotation) != r.output.npos, r.output);
}

void expect_all_well(result const& r)
{
    BOOST_TEST(r.status == 0, r.output);
    BOOST_TEST(r.output.find("23 ok, 0 skipped, 0 failed\n") != r.output.npos, r.output);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_)

BOOST_DATA_TEST_CASE(a_plugin_that_breaks_a_rule_is_found, mistakes, m) { expect_found(m, check(arguments_of(m))); }

BOOST_DATA_TEST_CASE(a_plugin_that_errs_about_its_users_is_found, mistakes_with_users, m)
{
    expect_found(m, check("--user=good --password-stdin --identifier=good --pass-code-stdin" + arguments_of(m),
                          "'good secret' 'good secret'"));
}

BOOST_AUTO_TEST_CASE(the_same_plugin_passes_when_it_breaks_nothing)
{
    expect_all_well(check("--user=good --password-stdin --identifier=good --pass-code-stdin " + fakes + "/breaks.so",
                          "'good secret' 'good secret'"));
}

BOOST_AUTO_TEST_CASE(a_plugin_may_be_unable_to_answer_if_it_says_why)
{
    auto const r = check("--option=how=is-ill --only=health " + fakes + "/breaks.so");
    BOOST_TEST(r.status == 0);
    BOOST_TEST(r.output.find("it cannot answer: a cold") != r.output.npos, r.output);
}

BOOST_AUTO_TEST_CASE(the_checks_that_need_a_broken_one_are_left_out)
{
    auto const r = check(fakes + "/fails_to_start.so");
    BOOST_TEST(r.status == 1);
    BOOST_TEST(r.output.find("FAIL  start") != r.output.npos, r.output);
    BOOST_TEST(r.output.find("unknown:") == r.output.npos, r.output);
}

BOOST_AUTO_TEST_CASE(the_plugin_of_files_keeps_the_contract)
{
    auto const demonstration = "--config=etc/demo/tokend.conf --backend=crm-staff ";
    expect_all_well(check(demonstration + ("--user=mpadministrator --password-stdin " + plugins) + "/file.so", "1234"));
}

BOOST_AUTO_TEST_CASE(the_plugin_of_access_tokens_keeps_the_contract)
{
    auto const demonstration = "--config=etc/demo/tokend.conf --backend=crm-tokens --code-stdin ";
    expect_all_well(check(demonstration + ("--identifier=jsmith --pass-code-stdin " + plugins) + "/access_token.so",
                          "99123456 4711"));
}

BOOST_AUTO_TEST_CASE(an_option_wins_over_the_configuration)
{
    auto const r = check("--config=etc/demo/tokend.conf --backend=crm-staff --option=users=none --only=create " +
                         plugins + "/file.so");
    BOOST_TEST(r.status == 1);
    BOOST_TEST(r.output.find("/none: ") != r.output.npos, r.output);
}

BOOST_AUTO_TEST_CASE(an_option_that_is_missing_or_unknown_is_named)
{
    auto const missing = check("--only=create " + plugins + "/file.so");
    BOOST_TEST(missing.status == 1);
    BOOST_TEST(missing.output.find("'users' is missing") != missing.output.npos, missing.output);
    auto const unknown = check("--option=colour=red --only=create " + fakes + "/breaks.so");
    BOOST_TEST(unknown.status == 1);
    BOOST_TEST(unknown.output.find("the plugin has no option 'colour'") != unknown.output.npos, unknown.output);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct bad_line
{
    std::string arguments;
    std::string says;
};
std::ostream& operator<<(std::ostream& out, bad_line const& l) { return out << l.arguments; }

std::vector<bad_line> const bad_lines{
    {"", "a plugin is meant, as PLUGIN.so"},
    {"plugin", "plugin: PLUGIN.so is meant"},
    {"one.so two.so", "too many positional options"},
    {"--colour one.so", "unrecognised option '--colour'"},
    {"--opt=a=b one.so", "unrecognised option '--opt=a=b'"},
    {"--option=users one.so", "--option=users: KEY=VALUE is meant"},
    {"--option==users one.so", "--option==users: KEY=VALUE is meant"},
    {"--only=all one.so", "--only=all: there is no such check"},
    {"--deadline=soon one.so", "--deadline: a duration such as"},
    {"--limit=0s one.so", "--limit: a duration such as"},
    {"--config=etc/demo/tokend.conf one.so", "--config and --backend belong together"},
    {"--backend=crm-staff one.so", "--config and --backend belong together"},
    {"--config=etc/demo/tokend.conf --backend=nobody one.so", "has no section [backend.nobody]"},
    {"--config=etc/demo/missing.conf --backend=nobody one.so", "missing.conf: "},
    {"--user=good one.so", "--user and --password-stdin belong together"},
    {"--pass-code-stdin one.so", "--identifier and --pass-code-stdin belong together"},
    {"--user=good --password-stdin one.so </dev/null", "a line with the password is meant"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(check_command_line_)

BOOST_DATA_TEST_CASE(a_wrong_one_ends_with_status_64_and_a_line, bad_lines, line)
{
    auto const r = check(line.arguments);
    BOOST_TEST(r.status == 64, r.output);
    BOOST_TEST(r.output.starts_with("tokend-plugin-check: "), r.output);
    BOOST_TEST(r.output.find(line.says) != r.output.npos, r.output);
}

BOOST_AUTO_TEST_CASE(it_names_every_check_and_itself)
{
    auto const list = run_well(TEST_CHECK " --list");
    for (auto const& m : mistakes)
        BOOST_TEST(("\n" + list).find('\n' + m.check + ": ") != list.npos, m.check);
    BOOST_TEST(run_well(TEST_CHECK " --version").starts_with("tokend-plugin-check "));
    BOOST_TEST(run_well(TEST_CHECK " --help").starts_with("Usage: tokend-plugin-check "));
}

BOOST_AUTO_TEST_CASE(its_manual_page_has_every_check_and_every_option)
{
    std::ifstream in{"docs/man/tokend-plugin-check.1"};
    std::string const page{std::istreambuf_iterator<char>{in}, {}};
    std::istringstream list{run_well(TEST_CHECK " --list")};
    for (std::string line; std::getline(list, line);)
        BOOST_TEST(page.find(".It Ic " + line.substr(0, line.find(':')) + '\n') != page.npos, line);
    auto const help = run_well(TEST_CHECK " --help");
    std::regex const option{"--([a-z][a-z-]+)"};
    for (std::sregex_iterator at{help.begin(), help.end(), option}; at != std::sregex_iterator{}; ++at)
        BOOST_TEST(page.find("Fl -" + (*at)[1].str()) != page.npos, at->str());
}

BOOST_AUTO_TEST_CASE(there_are_no_colours_but_on_a_terminal)
{
    auto const r = check("--only=load " + fakes + "/breaks.so");
    BOOST_TEST(r.output.find('\033') == r.output.npos);
    auto const seen =
        shell("script -qec " + in_quotes(TEST_CHECK " --only=load " + fakes + "/breaks.so") + " /dev/null");
    BOOST_TEST(seen.output.find("\033[32mok") != seen.output.npos, seen.output);
}

BOOST_AUTO_TEST_SUITE_END()
