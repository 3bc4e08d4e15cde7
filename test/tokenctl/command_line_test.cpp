#include "tokenctl/run.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::test;

namespace {

void expect_usage_error(arguments const& given, std::string const& error)
{
    auto const got = run(given, "correct horse\n");
    BOOST_TEST(got.code == 64);
    BOOST_TEST(got.errors == "tokenctl: " + error + '\n');
    BOOST_TEST(got.output == "");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command_line_)

BOOST_AUTO_TEST_CASE(help_and_version_are_on_standard_output)
{
    for (auto const& given : {arguments{"--help"}, arguments{"-h"}, arguments{"user", "add", "--help"},
                              arguments{"user", "add", "-h"}, arguments{"access-token", "add", "--help"},
                              arguments{"access-token", "add", "-h"}, arguments{"tokens-file", "inspect", "-h"}})
    {
        auto const got = run(given, "");
        BOOST_TEST(got.code == 0);
        BOOST_TEST(got.output.starts_with("Usage: tokenctl "));
        BOOST_TEST(got.errors == "");
    }
    for (auto const* given : {"--version", "-V"})
        BOOST_TEST(run({given}, "").output == "tokenctl " TOKEND_VERSION "\n");
}

BOOST_AUTO_TEST_CASE(a_command_is_one_or_two_known_words)
{
    expect_usage_error({}, "a command was meant; see tokenctl --help");
    for (std::string const words : {"user", "user delete", "users add", "user ad", "--verbose", "session"})
    {
        auto const blank = words.find(' ');
        arguments given{words.substr(0, blank)};
        if (blank != words.npos)
            given.push_back(words.substr(blank + 1));
        expect_usage_error(given, "there is no command '" + words + "'; see tokenctl --help");
    }
}

BOOST_AUTO_TEST_CASE(option_names_are_not_guessed)
{
    expect_usage_error({"user", "add", "--uni", "U", "/none/f", "n"}, "unrecognised option '--uni'");
    expect_usage_error({"user", "add", "--help", "x"}, "NAME is missing");
}

BOOST_AUTO_TEST_CASE(words_are_neither_missing_nor_too_many)
{
    expect_usage_error({"user", "add"}, "FILE is missing");
    expect_usage_error({"user", "add", "/none/f"}, "NAME is missing");
    expect_usage_error({"user", "add", "/none/f", ""}, "NAME is missing");
    expect_usage_error({"access-token", "add", "--code", "--owner", "o"}, "FILE is missing");
    expect_usage_error({"user", "add", "/none/f", "n", "password"},
                       "too many positional options have been specified on the command line");
}

BOOST_AUTO_TEST_CASE(values_are_checked)
{
    auto const user = [](arguments options) {
        options.insert(options.begin(), {"user", "add", "/none/f", "n"});
        return options;
    };
    expect_usage_error(user({"--hash", "md5"}), "--hash 'md5', yescrypt, bcrypt or sha512crypt was meant");
    expect_usage_error(user({"--cost", "-1"}), "--cost '-1', a number was meant");
    expect_usage_error(user({"--cost", "12"}), "a cost of 12 is out of range: yescrypt takes 1 to 11");
    expect_usage_error(user({"--expires", "tomorrow"}),
                       "--expires 'tomorrow', a date like 2026-12-31 or 20261231T235959Z was meant");
    expect_usage_error(user({"--unit", "U1", "--default-unit", "U2"}),
                       "--default-unit 'U2' is none of the units given by --unit");
    expect_usage_error(user({"--expires", "2026-12-31", "--expires", "2027-12-31"}),
                       "option '--expires' cannot be specified more than once");
}

BOOST_AUTO_TEST_CASE(options_of_codes_and_identifiers_do_not_mix)
{
    auto const token = [](arguments options) {
        options.insert(options.begin(), {"access-token", "add", "/none/f"});
        return options;
    };
    expect_usage_error(token({}), "one of --code and --identifier is meant");
    expect_usage_error(token({"--code", "--identifier", "i"}), "one of --code and --identifier is meant");
    expect_usage_error(token({"--code"}), "--owner is missing: it names who a code belongs to");
    expect_usage_error(token({"--code", "--owner", "o", "--hash", "bcrypt"}), "--hash goes with --identifier");
    expect_usage_error(token({"--code", "--owner", "o", "--cost", "5"}), "--cost goes with --identifier");
    expect_usage_error(token({"--identifier", "i", "--api-key"}), "--api-key goes with --code");
    expect_usage_error(token({"--identifier", "i", "--key-file", "k"}), "--key-file goes with --code");
    expect_usage_error(token({"--identifier", ""}), "an empty --identifier");
    expect_usage_error(token({"--identifier", "i", "--not-before", "x"}),
                       "--not-before 'x', a date like 2026-12-31 or 20261231T235959Z was meant");
}

BOOST_AUTO_TEST_SUITE_END()
