#include "access_token/access_tokens.hpp"

#include "common/file_error.hpp"
#include "plugins/expect.hpp"
#include "plugins/hashes.hpp"

#include <system_error>

using namespace tokend::plugin;
using namespace tokend::test;
using namespace std::chrono_literals;

namespace {

constexpr instant now{1'800'000'000s};
code_key const key{std::string(32, 'z')};
std::string const digest = key.digest("12345");
std::string const code = ':' + digest;
std::string const id = "id:" + yescrypt_hash;

access_tokens parse(std::string const& text) { return access_tokens::parse(text, "x.tokens"); }

void expect_refusal(std::string const& text, std::string const& error)
{
    expect_error<file_error>([&] { parse(text + '\n'); }, "x.tokens:" + error);
}

void expect(judgement const& got, verdict wanted, std::string_view reason)
{
    BOOST_TEST((got.verdict == wanted), "the reason was: " << got.reason);
    BOOST_TEST(got.reason == reason);
    BOOST_TEST((got.who != nullptr) == (wanted == verdict::accept));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(access_tokens_)

BOOST_AUTO_TEST_CASE(a_code_is_its_owner)
{
    auto const all = parse(code + ":EFFECTIVE:kiosk:U1,U2:U2:g:::api-key\n");
    auto const got = all.check_code("12345", key, now);
    expect(got, verdict::accept, "");
    BOOST_TEST(got.who->name == "kiosk");
    BOOST_TEST((got.who->belongs == membership{{"U1", "U2"}, "U2", {"g"}}));
    BOOST_TEST(got.who->is_api_key);
    expect(all.check_code("12346", key, now), verdict::no_such_user, "no such authentication code");
    expect(all.check_code("", key, now), verdict::no_such_user, "no such authentication code");
    expect(all.check_code(digest, key, now), verdict::no_such_user, "no such authentication code");
    expect(all.check_code("12345", code_key{std::string(32, 'y')}, now), verdict::no_such_user,
           "no such authentication code");
    expect(all.check_identifier("", "12345", now), verdict::no_such_user, "no such identifier");
}

BOOST_AUTO_TEST_CASE(an_identifier_is_itself_unless_it_has_an_owner)
{
    auto const all = parse(id + ":EFFECTIVE\nother:" + sha512_hash + ":EFFECTIVE:boss\n");
    auto const got = all.check_identifier("id", "demo", now);
    expect(got, verdict::accept, "");
    BOOST_TEST(got.who->name == "id");
    BOOST_TEST(!got.who->is_api_key);
    BOOST_TEST(all.check_identifier("other", "Hello world!", now).who->name == "boss");
    expect(all.check_identifier("id", "wrong", now), verdict::bad_secret, "wrong pass code");
    expect(all.check_identifier("ID", "demo", now), verdict::no_such_user, "no such identifier");
    expect(all.check_identifier("boss", "Hello world!", now), verdict::no_such_user, "no such identifier");
}

BOOST_AUTO_TEST_CASE(only_what_is_effective_gets_in)
{
    auto const all = parse(code + ":NOT_EFFECTIVE:o\n" + id + ":NOT_EFFECTIVE\n");
    expect(all.check_code("12345", key, now), verdict::disabled, "the access token is NOT_EFFECTIVE");
    expect(all.check_identifier("id", "demo", now), verdict::disabled, "the access token is NOT_EFFECTIVE");
    expect(all.check_identifier("id", "wrong", now), verdict::bad_secret, "wrong pass code");
}

BOOST_AUTO_TEST_CASE(a_record_is_valid_from_its_first_day_to_the_end_of_its_last)
{
    auto const all = parse(code + ":EFFECTIVE:o::::2026-03-01:2026-03-02\n");
    auto const begin = parse_period("2026-03-01")->begin;
    auto const end = parse_period("2026-03-03")->begin;
    expect(all.check_code("12345", key, begin - 1s), verdict::expired, "the access token is not valid yet");
    expect(all.check_code("12345", key, begin), verdict::accept, "");
    expect(all.check_code("12345", key, end - 1s), verdict::accept, "");
    expect(all.check_code("12345", key, end), verdict::expired, "the access token is expired");
    BOOST_TEST((all.check_code("12345", key, begin).who->ends == end));
}

BOOST_AUTO_TEST_CASE(a_record_may_be_valid_by_the_second)
{
    auto const all = parse(id + ":EFFECTIVE:::::20260301T120000Z:20260301T120000Z\n");
    auto const noon = parse_period("20260301T120000Z")->begin;
    expect(all.check_identifier("id", "demo", noon - 1s), verdict::expired, "the access token is not valid yet");
    expect(all.check_identifier("id", "demo", noon), verdict::accept, "");
    expect(all.check_identifier("id", "demo", noon + 1s), verdict::expired, "the access token is expired");
    expect(all.check_identifier("id", "wrong", noon + 1s), verdict::bad_secret, "wrong pass code");
}

BOOST_AUTO_TEST_CASE(an_unknown_identifier_costs_a_hash_like_the_known_ones)
{
    // The only hash is one that cannot be computed: an error shows that it was tried.
    auto const all = parse("a:" + uncomputable_hash + ":EFFECTIVE\nb:*:EFFECTIVE\n");
    BOOST_CHECK_THROW(static_cast<void>(all.check_identifier("nobody", "x", now)), std::system_error);
    BOOST_CHECK_THROW(static_cast<void>(all.check_identifier("b", "x", now)), std::system_error);
    auto const others = parse(id + ":EFFECTIVE\nb:!:EFFECTIVE\n");
    expect(others.check_identifier("nobody", "demo", now), verdict::no_such_user, "no such identifier");
    expect(others.check_identifier("b", "demo", now), verdict::bad_secret, "the identifier has no pass code");
}

BOOST_AUTO_TEST_CASE(every_wrong_column_is_named_with_its_line)
{
    expect_refusal(std::string(257, 'i') + ':' + yescrypt_hash + ":EFFECTIVE",
                   "1: identifier: 257 bytes, at most 256 can be asked for");
    expect_refusal(id + ":EFFECTIVE\n\n" + id + ":EFFECTIVE", "3: identifier: is already in line 1");
    expect_refusal(code + ":EFFECTIVE:o\n" + code + ":EFFECTIVE:p", "2: secret: is already in line 1");
    expect_refusal("id:plain:EFFECTIVE",
                   "1: secret: a hash of a weak scheme, or none; yescrypt ($y$), bcrypt ($2b$, $2y$, $2a$) or "
                   "sha512crypt ($6$) was meant");
    expect_refusal("id" + code + ":EFFECTIVE:o", "1: secret: the digest of a code, but there is an identifier");
    expect_refusal(':' + yescrypt_hash + ":EFFECTIVE:o",
                   "1: secret: no digest of a code ($hmac-sha256$ and 64 hex digits), which a "
                   "record without identifier has");
    expect_refusal(id, "1: state: '', EFFECTIVE or NOT_EFFECTIVE was meant");
    expect_refusal(id + ":effective", "1: state: 'effective', EFFECTIVE or NOT_EFFECTIVE was meant");
    expect_refusal(code + ":EFFECTIVE", "1: owner: is empty, a code must have one");
    expect_refusal(code + ":EFFECTIVE:" + std::string(257, 'o'), "1: owner: 257 bytes, at most 256 can be asked for");
    expect_refusal(code + ":EFFECTIVE:o:U1,U1", "1: units: 'U1' is there twice");
    expect_refusal(code + ":EFFECTIVE:o:U1:U2", "1: default unit: 'U2' is none of the units");
    expect_refusal(code + ":EFFECTIVE:o::U2", "1: default unit: 'U2' is none of the units");
    expect_refusal(code + ":EFFECTIVE:o:U1::g,",
                   "1: groups: an empty item or a blank beside a comma, a list like 'one,two' was meant");
    expect_refusal(code + ":EFFECTIVE:o::::soon",
                   "1: not before: 'soon', a date like 2026-12-31 or 20261231T235959Z was meant");
    expect_refusal(code + ":EFFECTIVE:o:::::2026-02-30",
                   "1: not after: '2026-02-30', a date like 2026-12-31 or 20261231T235959Z was meant");
    expect_refusal(code + ":EFFECTIVE:o::::2026-03-02:2026-03-01", "1: not after: ends before it begins");
    expect_refusal(code + ":EFFECTIVE:o::::::apikey", "1: flags: 'apikey', api-key was meant");
    expect_refusal(id + ":EFFECTIVE:::::::api-key", "1: flags: api-key, which only a code can be");
    expect_refusal(id + ":EFFECTIVE::::::::x",
                   "1: 11 columns, at most 10 were meant: identifier:secret:state:owner:units:default "
                   "unit:groups:not before:not after:flags");
}

BOOST_AUTO_TEST_CASE(the_header_of_a_new_file_holds_no_record)
{
    BOOST_TEST(parse(std::string{access_tokens_header}).size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_table_that_was_cut_in_its_last_line_is_refused)
{
    expect_error<file_error>(
        [] { parse("# codes\n" + code + ":NOT_EFFECTIVE:o::::2026-01-01"); },
        "x.tokens:2: the last line has no newline at its end, so the file may have been cut; complete "
        "the line");
    BOOST_TEST(parse("# empty\n").is_meant_empty());
    BOOST_TEST(!parse("").is_meant_empty());
}

BOOST_AUTO_TEST_CASE(a_pass_code_whose_hash_costs_too_much_and_a_unit_with_a_blank_are_refused)
{
    expect_refusal(
        "id:$2b$17$" + std::string(53, '.') + ":EFFECTIVE",
        "1: secret: a hash that would take too long to check; at most bcrypt of cost 16, sha512crypt of 10000000 "
        "rounds, or yescrypt of cost 11 (1 GiB) was meant");
    expect_refusal(
        id + ":EFFECTIVE::north wing",
        "1: units: 'north wing' holds a blank; this column is a list of units like 'one,two', and no comment as "
        "htpasswd files may have");
}

BOOST_AUTO_TEST_CASE(a_recheck_finds_the_record_that_was_used_among_those_of_one_owner)
{
    auto const other = ':' + key.digest("67890");
    auto const both = parse(code + ":EFFECTIVE:kiosk:U1\n" + other + ":EFFECTIVE:kiosk:U2\n");
    auto const first = both.check_code("12345", key, now).who->id;
    auto const second = both.check_code("67890", key, now).who->id;
    BOOST_TEST(first != second);
    for (auto const* secret : {"12345", "67890"})
        BOOST_TEST(first.find(secret) == std::string::npos);
    BOOST_TEST((both.recheck("kiosk", first, now).who->belongs.units == std::vector<std::string>{"U1"}));
    BOOST_TEST((both.recheck("kiosk", second, now).who->belongs.units == std::vector<std::string>{"U2"}));

    auto const later = parse(code + ":NOT_EFFECTIVE:kiosk\n" + other + ":EFFECTIVE:other\n");
    expect(later.recheck("kiosk", first, now), verdict::disabled, "the access token is NOT_EFFECTIVE");
    expect(later.recheck("kiosk", second, now), verdict::no_such_user, "no such access token");
    expect(parse("# empty\n").recheck("kiosk", first, now), verdict::no_such_user, "no such access token");
    for (auto const* odd : {"code:", "code:x", "id:", "i", "x"})
        expect(later.recheck("kiosk", odd, now), verdict::no_such_user, "no such access token");
}

BOOST_AUTO_TEST_CASE(a_recheck_finds_an_identifier_whatever_its_owner)
{
    auto const all =
        parse(id + ":EFFECTIVE:boss:U1\nother:" + yescrypt_hash + ":EFFECTIVE:boss:::::2020-01-01\nl:*:EFFECTIVE\n");
    auto const known = all.check_identifier("id", "demo", now).who->id;
    expect(all.recheck("boss", known, now), verdict::accept, "");
    expect(all.recheck("boss", "id:other", now), verdict::expired, "the access token is expired");
    expect(all.recheck("l", "id:l", now), verdict::locked, "the identifier has no pass code");
    expect(all.recheck("boss", "id:none", now), verdict::no_such_user, "no such access token");
}

BOOST_AUTO_TEST_CASE(a_token_from_before_there_were_ids_is_rechecked_by_its_owner)
{
    auto const other = ':' + key.digest("67890");
    expect(parse(code + ":EFFECTIVE:kiosk\n").recheck("kiosk", "", now), verdict::accept, "");
    expect(parse(code + ":EFFECTIVE:kiosk\n").recheck("none", "", now), verdict::no_such_user,
           "no access token of this owner");
    expect(parse(code + ":EFFECTIVE:k\n" + other + ":NOT_EFFECTIVE:k\n").recheck("k", "", now), verdict::unavailable,
           "the owner has several access tokens, and it is not known which one is meant");
    expect(parse(code + ":NOT_EFFECTIVE:k\n" + other + ":NOT_EFFECTIVE:k\n").recheck("k", "", now), verdict::disabled,
           "the access token is NOT_EFFECTIVE");
}

BOOST_AUTO_TEST_SUITE_END()
