#include "tokenctl/run.hpp"

#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace tokend::test;

namespace {

struct fixture
{
    finished add(std::string const& password, arguments options = {}) const
    {
        options.insert(options.begin(), {"user", "add", "--cost", "1", file, "johanna"});
        return run(options, password + '\n');
    }
    finished add_by(std::string const& rules, std::string const& password) const
    {
        return add(password, {"--policy", folder.write("rules", rules).string()});
    }

    temporary_folder folder;
    std::string const file = (folder / "x.users").string();
};

std::string refusal(std::string const& reason, int least = 8)
{
    return "tokenctl: The password " + reason + "; several words, or at least " + std::to_string(least) +
           " characters that are no word, were meant; --generate makes a password\n";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(password_policy_, fixture)

BOOST_AUTO_TEST_CASE(a_password_that_others_would_guess_is_refused_with_the_reason)
{
    auto const expect = [&](std::string const& password, std::string const& reason) {
        auto const got = add(password);
        BOOST_TEST(got.code == 64);
        BOOST_TEST(got.errors == refusal(reason));
    };
    expect("Ab3!xyz", "is shorter than 8 characters");
    expect("password", "fails the dictionary check - it is based on a dictionary word");
    expect("Passw0rd", "fails the dictionary check - it is based on a dictionary word");
    expect("drowssap", "fails the dictionary check - it is based on a (reversed) dictionary word");
    expect("abcdefgh", "fails the dictionary check - it is too simplistic/systematic");
    expect("johanna-1984", "contains the user name in some form");
    expect("xkq77qkx", "is a palindrome");
    BOOST_TEST(!std::filesystem::exists(file));
    BOOST_TEST(add("Ab3!xyzQ").code == 0);
}

BOOST_AUTO_TEST_CASE(a_change_of_the_password_is_held_to_the_same_rules)
{
    BOOST_TEST(add("correct horse").code == 0);
    auto const got = run({"user", "passwd", "--cost", "1", file, "johanna"}, "password\n");
    BOOST_TEST(got.code == 64);
    BOOST_TEST(got.errors == refusal("fails the dictionary check - it is based on a dictionary word"));
    BOOST_TEST(run({"user", "verify", file, "johanna"}, "correct horse\n").code == 0);
}

BOOST_AUTO_TEST_CASE(another_file_may_hold_the_rules)
{
    auto const wrong = add_by("minlen = 20\n", "correct horse");
    BOOST_TEST(wrong.code == 64);
    BOOST_TEST(wrong.errors == refusal("is shorter than 20 characters", 20));
    BOOST_TEST(add_by("dictcheck = 0\n", "password").code == 0);
}

BOOST_AUTO_TEST_CASE(a_password_that_tokenctl_makes_always_passes)
{
    auto const rules = folder.write("rules", "minlen = 200\ndictpath = /none/words\n").string();
    auto const got = add("", {"--policy", rules, "--generate"});
    BOOST_TEST(got.code == 0, got.errors);
    BOOST_TEST(run({"user", "verify", file, "johanna"}, got.output).code == 0);
}

BOOST_AUTO_TEST_CASE(rules_that_cannot_be_read_and_a_missing_dictionary_are_named)
{
    auto const rules = (folder / "rules").string();
    auto const missing = add("correct horse", {"--policy", "/none/rules"});
    BOOST_TEST(missing.code == 65);
    BOOST_TEST(
        missing.errors ==
        "tokenctl: /none/rules: Opening the configuration file failed; rules as in pwquality.conf(5) were meant\n");
    auto const malformed = add_by("minlen = many\n", "correct horse");
    BOOST_TEST(malformed.code == 65);
    BOOST_TEST(malformed.errors.starts_with("tokenctl: " + rules + ": "));
    BOOST_TEST(malformed.errors.find("minlen") != std::string::npos);
    auto const nowhere = add_by("dictpath = /none/words\n", "correct horse");
    BOOST_TEST(nowhere.code == 65);
    BOOST_TEST(nowhere.errors == "tokenctl: there is no dictionary of common passwords, /none/words.pwd; install "
                                 "cracklib-runtime, or name rules with dictpath or dictcheck = 0 by --policy\n");
    BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_SUITE_END()
