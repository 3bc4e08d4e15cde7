#include "file/users.hpp"

#include "common/file_error.hpp"
#include "plugins/expect.hpp"
#include "plugins/hashes.hpp"

#include <system_error>

using namespace tokend::plugin;
using namespace tokend::test;
using namespace std::chrono_literals;

namespace {

constexpr instant now{1'800'000'000s};
std::vector<std::string> const no_units;

users parse(std::string const& text, std::vector<std::string> const* fallback = &no_units)
{
    return users::parse(text, "x.users", fallback);
}

void expect_refusal(std::string const& text, std::string const& error)
{
    expect_error<file_error>([&] { parse(text + '\n'); }, "x.users:" + error);
}

void expect(judgement const& got, verdict wanted, std::string_view reason)
{
    BOOST_TEST((got.verdict == wanted), "the reason was: " << got.reason);
    BOOST_TEST(got.reason == reason);
    BOOST_TEST((got.who != nullptr) == (wanted == verdict::accept));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(users_)

BOOST_AUTO_TEST_CASE(an_htpasswd_file_is_a_users_file)
{
    std::vector<std::string> const units{"U1", "U2"};
    auto const all = parse("myName:" + htpasswd_hash + "\nother:" + sha512_hash + "\n", &units);
    auto const got = all.check("myName", "myPassword", now);
    expect(got, verdict::accept, "");
    BOOST_TEST(got.who->name == "myName");
    BOOST_TEST(got.who->belongs.units == units, boost::test_tools::per_element());
    BOOST_TEST(got.who->belongs.default_unit == "");
    BOOST_TEST(got.who->belongs.groups.empty());
    BOOST_TEST(!got.who->ends);
}

BOOST_AUTO_TEST_CASE(every_column_is_read)
{
    std::vector<std::string> const fallback{"U9"};
    auto const all = parse("anna:" + yescrypt_hash + ":U1,U2:U2:admins,staff:expires=2030-01-31\n", &fallback);
    auto const got = all.check("anna", "demo", now);
    BOOST_REQUIRE(got.who != nullptr);
    BOOST_TEST((got.who->belongs == membership{{"U1", "U2"}, "U2", {"admins", "staff"}}));
    BOOST_TEST((got.who->ends == parse_period("2030-01-31")->end));
    BOOST_TEST(!got.who->is_api_key);
    BOOST_TEST(all.find("anna")->line == 1U);
}

BOOST_AUTO_TEST_CASE(names_compare_as_bytes)
{
    auto const all = parse("anna:" + yescrypt_hash + "\nAnna:" + sha512_hash + "\n");
    BOOST_TEST(all.size() == 2U);
    expect(all.check("anna", "demo", now), verdict::accept, "");
    expect(all.check("Anna", "demo", now), verdict::bad_secret, "wrong password");
    expect(all.check("ANNA", "demo", now), verdict::no_such_user, "no such user");
    expect(all.check("anna ", "demo", now), verdict::no_such_user, "no such user");
}

BOOST_AUTO_TEST_CASE(a_wrong_secret_tells_nothing_about_the_account)
{
    auto const all = parse("d:" + yescrypt_hash + "::::disabled\nl:" + yescrypt_hash +
                           "::::locked\ne:" + yescrypt_hash + "::::expires=2020-01-01\n");
    for (auto const* name : {"d", "l", "e"})
        expect(all.check(name, "wrong", now), verdict::bad_secret, "wrong password");
    expect(all.check("d", "demo", now), verdict::disabled, "the user is disabled");
    expect(all.check("l", "demo", now), verdict::locked, "the user is locked");
    expect(all.check("e", "demo", now), verdict::expired, "the user is expired");
}

BOOST_AUTO_TEST_CASE(a_user_expires_at_the_end_of_the_last_day)
{
    auto const all = parse("e:" + yescrypt_hash + "::::expires=2026-02-28\n");
    auto const end = parse_period("2026-03-01")->begin;
    expect(all.check("e", "demo", end - 1s), verdict::accept, "");
    expect(all.check("e", "demo", end), verdict::expired, "the user is expired");
}

BOOST_AUTO_TEST_CASE(an_unknown_name_costs_a_hash_like_the_known_ones)
{
    // The only hash is one that cannot be computed: an error shows that it was tried.
    auto const all = parse("a:" + uncomputable_hash + "\nb:*\n");
    BOOST_CHECK_THROW(static_cast<void>(all.check("nobody", "x", now)), std::system_error);
    BOOST_CHECK_THROW(static_cast<void>(all.check("b", "x", now)), std::system_error);
    expect(parse("").check("nobody", "x", now), verdict::no_such_user, "no such user");
}

BOOST_AUTO_TEST_CASE(nobody_gets_in_by_the_decoy)
{
    auto const all = parse("a:" + yescrypt_hash + "\nb:*\nc:!" + yescrypt_hash + "\n");
    expect(all.check("nobody", "demo", now), verdict::no_such_user, "no such user");
    expect(all.check("b", "demo", now), verdict::bad_secret, "the user has no hash");
    expect(all.check("c", "demo", now), verdict::bad_secret, "the user has no hash");
}

BOOST_AUTO_TEST_CASE(every_wrong_column_is_named_with_its_line)
{
    auto const good = "a:" + yescrypt_hash;
    expect_refusal("# users\n:" + yescrypt_hash, "2: username: is empty");
    expect_refusal(std::string(257, 'n') + ':' + yescrypt_hash, "1: username: 257 bytes, at most 256 can be asked for");
    expect_refusal(good + '\n' + good, "2: username: 'a' is already in line 1");
    expect_refusal(
        "a:plain",
        "1: hash: a hash of a weak scheme, or none; yescrypt ($y$), bcrypt ($2b$, $2y$, $2a$) or sha512crypt "
        "($6$) was meant");
    expect_refusal(
        "a",
        "1: hash: no whole hash of yescrypt ($y$), bcrypt ($2b$, $2y$, $2a$) or sha512crypt ($6$), nor '*' or '!' for "
        "none");
    expect_refusal(good + ":U1,,U2",
                   "1: units: an empty item or a blank beside a comma, a list like 'one,two' was meant");
    expect_refusal(good + ':' + std::string(129, 'u'), "1: units: 129 bytes, at most 128 can be asked for");
    expect_refusal(good + ":U1:U2", "1: default unit: 'U2' is none of the units");
    expect_refusal(good + "::U2", "1: default unit: 'U2' is none of the units");
    expect_refusal(good + ":::g,g", "1: groups: 'g' is there twice");
    expect_refusal(good + "::::admin", "1: flags: 'admin', disabled, locked or expires=YYYY-MM-DD was meant");
    expect_refusal(good + "::::expires=31.12.2026",
                   "1: flags: 'expires=31.12.2026', one date like expires=2026-12-31 was meant");
    expect_refusal(good + "::::expires=2026-12-31,expires=2027-12-31",
                   "1: flags: 'expires=2027-12-31', one date like expires=2026-12-31 was meant");
    expect_refusal(good + ":::::x",
                   "1: 7 columns, at most 6 were meant: username:hash:units:default unit:groups:flags");
}

BOOST_AUTO_TEST_CASE(a_default_unit_may_come_from_the_fallback)
{
    std::vector<std::string> const fallback{"U1"};
    auto const line = "a:" + yescrypt_hash + "::U1\n";
    BOOST_TEST(parse(line, &fallback).find("a")->who.belongs.default_unit == "U1");
    BOOST_TEST(parse(line, nullptr).size() == 1U);  // not known here
    expect_error<file_error>([&] { parse("a:" + yescrypt_hash + ":U2:U1\n", nullptr); },
                             "x.users:1: default unit: 'U1' is none of the units");
}

BOOST_AUTO_TEST_CASE(the_header_of_a_new_file_holds_no_user)
{
    BOOST_TEST(parse(std::string{users_file_header}).size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_in_its_last_line_is_refused)
{
    auto const whole = "a:" + yescrypt_hash + "\nb:" + yescrypt_hash + "::::disabled\n";
    BOOST_TEST(parse(whole).size() == 2U);
    for (std::size_t cut = whole.size() - 1; whole[cut - 1] != '\n'; --cut)
        expect_error<file_error>([&] { parse(whole.substr(0, cut)); },
                                 "x.users:2: the last line has no newline at its end, so the file may have been cut; "
                                 "complete the line");
    expect_error<file_error>(
        [&] { parse("# a comment"); },
        "x.users:1: the last line has no newline at its end, so the file may have been cut; complete "
        "the line");
}

BOOST_AUTO_TEST_CASE(a_file_without_users_may_say_that_it_is_meant_so)
{
    BOOST_TEST(!parse("").is_meant_empty());
    BOOST_TEST(!parse("# empty of users\n").is_meant_empty());
    BOOST_TEST(!parse(std::string{users_file_header}).is_meant_empty());
    BOOST_TEST(parse("# users\n# empty\n").is_meant_empty());
    expect_refusal("# empty\na:*", "2: a record, but a line '# empty' says that there is none; delete that line");
}

BOOST_AUTO_TEST_CASE(a_comment_in_the_third_column_is_no_unit)
{
    auto const hint =
        " holds a blank; this column is a list of units like 'one,two', and no comment as htpasswd files may have";
    expect_refusal("a:*\nb:" + htpasswd_hash + ":John Doe", "2: units: 'John Doe'" + std::string{hint});
    expect_refusal("b:" + htpasswd_hash + ":U1,the boss", "1: units: 'the boss'" + std::string{hint});
    BOOST_TEST(parse("b:" + htpasswd_hash + ":U1::two words\n").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_hash_of_an_absurd_cost_is_refused)
{
    auto const hint =
        "hash: a hash that would take too long to check; at most bcrypt of cost 16, sha512crypt of 10000000 "
        "rounds, or yescrypt of cost 11 (1 GiB) was meant";
    expect_refusal("a:*\nb:$2y$31$" + std::string(53, '.'), "2: " + std::string{hint});
    expect_refusal("b:$6$rounds=10000001$salt$" + std::string(86, '.'), "1: " + std::string{hint});
}

BOOST_AUTO_TEST_CASE(a_recheck_says_what_a_login_with_the_right_password_would)
{
    auto const all =
        parse("a:" + yescrypt_hash + ":U1,U2:U2:g:expires=2999-12-31\nd:" + yescrypt_hash +
              "::::disabled\nl:" + yescrypt_hash + "::::locked\ne:" + yescrypt_hash + "::::expires=2020-01-01\nn:*\n");
    auto const good = all.recheck("a", now);
    expect(good, verdict::accept, "");
    BOOST_TEST((good.who->belongs == membership{{"U1", "U2"}, "U2", {"g"}}));
    expect(all.recheck("A", now), verdict::no_such_user, "no such user");
    expect(all.recheck("d", now), verdict::disabled, "the user is disabled");
    expect(all.recheck("l", now), verdict::locked, "the user is locked");
    expect(all.recheck("e", now), verdict::expired, "the user is expired");
    expect(all.recheck("n", now), verdict::locked, "the user has no hash");
}

BOOST_AUTO_TEST_SUITE_END()
