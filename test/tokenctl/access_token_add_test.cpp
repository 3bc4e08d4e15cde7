#include "tokenctl/run.hpp"

#include "access_token/access_tokens.hpp"
#include "common/text_file.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace tokend::plugin;
using namespace tokend::test;
using namespace std::chrono_literals;

namespace {

constexpr instant now{1'800'000'000s};

struct fixture
{
    finished add(arguments options, std::string const& secret) const
    {
        options.insert(options.begin(), {"access-token", "add", file});
        return run(options, secret + '\n');
    }
    finished add_code(std::string const& code, arguments options = {}) const
    {
        options.insert(options.begin(), {"--code", "--owner", "kiosk"});
        return add(options, code);
    }
    finished add_identifier(std::string const& id, std::string const& pass_code, arguments options = {}) const
    {
        options.insert(options.begin(), {"--identifier", id, "--cost", "1"});
        return add(options, pass_code);
    }
    std::string text() const { return read_text_file(file).text; }
    access_tokens read() const { return access_tokens::parse(text(), file); }
    std::string key_text() const
    {
        auto key = read_text_file(key_file).text;
        key.pop_back();
        return key;
    }

    temporary_folder folder;
    std::string const file = (folder / "tokens").string();
    std::string const key_file = file + ".key";
};

void expect_failure(finished const& got, int code, std::string const& error)
{
    BOOST_TEST(got.code == code);
    BOOST_TEST(got.errors == "tokenctl: " + error + '\n');
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(access_token_add_, fixture)

BOOST_AUTO_TEST_CASE(the_first_code_makes_the_table_and_its_key)
{
    auto const got = add_code("99123456", {"--unit", "U1", "--api-key"});
    BOOST_TEST(got.code == 0, got.errors);
    BOOST_TEST(got.output == "made the key " + key_file + "\nadded a code of kiosk in " + file + '\n');
    BOOST_TEST(got.errors == "");
    BOOST_TEST(text().starts_with(access_tokens_header));
    BOOST_TEST(text().find("99123456") == std::string::npos);
    for (auto const& made : {file, key_file})
    {
        struct stat s
        {};
        BOOST_REQUIRE(::stat(made.c_str(), &s) == 0);
        BOOST_TEST((s.st_mode & 07777) == 0640U);
    }
    auto const key = key_text();
    BOOST_TEST(key.size() == 64U);
    BOOST_TEST(key.find_first_not_of("0123456789abcdef") == std::string::npos);
    auto const all = read();
    auto const found = all.check_code("99123456", code_key{key}, now);
    BOOST_REQUIRE(found.who != nullptr);
    BOOST_TEST(found.who->name == "kiosk");
    BOOST_TEST(found.who->is_api_key);
    BOOST_TEST((found.who->belongs == membership{{"U1"}, "", {}}));
}

BOOST_AUTO_TEST_CASE(further_codes_use_the_same_key)
{
    BOOST_TEST(add_code("one").code == 0);
    auto const key = key_text();
    BOOST_TEST(add_code("two").output == "added a code of kiosk in " + file + '\n');
    BOOST_TEST(key_text() == key);
    auto const all = read();
    BOOST_TEST(all.size() == 2U);
    BOOST_TEST((all.check_code("one", code_key{key}, now).verdict == verdict::accept));
    BOOST_TEST((all.check_code("two", code_key{key}, now).verdict == verdict::accept));
}

BOOST_AUTO_TEST_CASE(a_key_is_not_made_anew_beside_codes_of_another)
{
    BOOST_TEST(add_code("one").code == 0);
    auto const before = text();
    std::filesystem::rename(key_file, key_file + ".away");
    expect_failure(add_code("two"), 65, key_file + ": there is no such key, but the table has codes under one");
    BOOST_TEST(!std::filesystem::exists(key_file));
    BOOST_TEST(text() == before);
    BOOST_TEST(add_code("two", {"--key-file", key_file + ".away"}).code == 0);
}

BOOST_AUTO_TEST_CASE(a_key_of_ones_own_may_be_any_text_of_32_bytes)
{
    auto const mine = folder.write("mine", "this is a key of more than 32 bytes\n").string();
    BOOST_TEST(add_code("one", {"--key-file", mine}).code == 0);
    BOOST_TEST(!std::filesystem::exists(key_file));
    BOOST_TEST(
        (read().check_code("one", code_key{"this is a key of more than 32 bytes"}, now).verdict == verdict::accept));
    auto const weak = folder.write("weak", "short\n").string();
    expect_failure(add_code("two", {"--key-file", weak}), 65,
                   weak + ": key: 5 bytes, at least 32 were meant: 64 hex digits, or 32 bytes of another kind");
}

BOOST_AUTO_TEST_CASE(an_identifier_needs_no_key)
{
    auto const got = add_identifier("js", "4711",
                                    {"--owner", "o", "--unit", "U1", "--unit", "U2", "--default-unit", "U1", "--group",
                                     "g", "--not-before", "2026-01-01", "--not-after", "20291231T120000Z"});
    BOOST_TEST(got.code == 0, got.errors);
    BOOST_TEST(got.output == "added js in " + file + '\n');
    BOOST_TEST(!std::filesystem::exists(key_file));
    auto const all = read();
    auto const found = all.check_identifier("js", "4711", now);
    BOOST_REQUIRE(found.who != nullptr);
    BOOST_TEST(found.who->name == "o");
    BOOST_TEST((found.who->belongs == membership{{"U1", "U2"}, "U1", {"g"}}));
    BOOST_TEST((all.find_identifier("js")->token.begins == parse_period("2026-01-01")->begin));
    BOOST_TEST((found.who->ends == parse_period("20291231T120000Z")->end));
}

BOOST_AUTO_TEST_CASE(a_record_may_wait_for_its_effect)
{
    BOOST_TEST(add_identifier("js", "4711", {"--not-effective"}).code == 0);
    BOOST_TEST((read().check_identifier("js", "4711", now).verdict == verdict::disabled));
}

BOOST_AUTO_TEST_CASE(a_duplicate_is_refused_unless_it_shall_replace)
{
    folder.write("tokens", "# mine\n");
    BOOST_TEST(add_code("one").code == 0);
    BOOST_TEST(add_identifier("js", "4711").code == 0);
    expect_failure(add_code("one"), 64, file + ":2: there is such a code already; --replace replaces it");
    expect_failure(add_identifier("js", "4712"), 64,
                   file + ":3: there is such an identifier already; --replace replaces it");

    BOOST_TEST(add_code("one", {"--replace", "--unit", "U1"}).output == "replaced a code of kiosk in " + file + '\n');
    BOOST_TEST(add_identifier("js", "4712", {"--replace"}).output == "replaced js in " + file + '\n');
    auto const all = read();
    BOOST_TEST(text().starts_with("# mine\n:$hmac-sha256$"));
    BOOST_TEST(all.size() == 2U);
    BOOST_TEST((all.check_code("one", code_key{key_text()}, now).who->belongs == membership{{"U1"}, "", {}}));
    BOOST_TEST((all.check_identifier("js", "4712", now).verdict == verdict::accept));
}

BOOST_AUTO_TEST_CASE(a_line_that_would_not_be_read_back_is_not_written)
{
    folder.write("tokens", "# mine\n");
    auto const unreadable = "not written: a name, unit or group with a character that means something in the file";
    expect_failure(add_identifier("#js", "4711"), 64, unreadable);
    expect_failure(add_identifier("js", "4711", {"--unit", "U1,U2"}), 64, unreadable);
    expect_failure(add_identifier("js", "4711", {"--owner", "o:U1"}), 64, unreadable);
    expect_failure(add_identifier("js", "4711", {"--not-before", "2026-12-31", "--not-after", "2026-01-01"}), 64,
                   "not written: " + file + ":2: not after: ends before it begins");
    BOOST_TEST(text() == "# mine\n");
}

BOOST_AUTO_TEST_CASE(a_code_that_no_client_can_send_is_refused)
{
    expect_failure(add_code(""), 64, "an empty secret");
    expect_failure(add_code(std::string(257, '1')), 64, "a code over 256 bytes, or with a control character");
    expect_failure(add_code("12\t34"), 64, "a code over 256 bytes, or with a control character");
    BOOST_TEST(!std::filesystem::exists(file));
    BOOST_TEST(!std::filesystem::exists(key_file));
}

BOOST_AUTO_TEST_CASE(a_mistake_in_the_table_is_bad_data)
{
    folder.write("tokens", "js:*\n");
    expect_failure(add_code("one"), 65, file + ":1: state: '', EFFECTIVE or NOT_EFFECTIVE was meant");
    BOOST_TEST(!std::filesystem::exists(key_file));
}

BOOST_AUTO_TEST_CASE(replacing_changes_what_is_named_and_nothing_else)
{
    folder.write("tokens", "# begin\n");
    BOOST_TEST(add_code("one", {"--unit", "U1", "--group", "g", "--not-before", "2026-01-01", "--not-after",
                                "2031-01-01", "--api-key", "--not-effective"})
                   .code == 0);
    auto const before = text();
    BOOST_TEST(before.ends_with(":NOT_EFFECTIVE:kiosk:U1::g:2026-01-01:2031-01-01:api-key\n"));
    auto const replace = [&](arguments options) {
        options.insert(options.begin(), {"--code", "--replace"});
        auto const got = add(options, "one");
        BOOST_TEST(got.code == 0, got.errors);
        auto const now = text();
        return now.substr(now.find(':', now.find("$hmac-sha256$")));
    };
    BOOST_TEST(replace({}) == ":NOT_EFFECTIVE:kiosk:U1::g:2026-01-01:2031-01-01:api-key\n");
    BOOST_TEST(text() == before);
    BOOST_TEST(replace({"--effective"}) == ":EFFECTIVE:kiosk:U1::g:2026-01-01:2031-01-01:api-key\n");
    BOOST_TEST(replace({"--owner", "o", "--not-before", ""}) == ":EFFECTIVE:o:U1::g::2031-01-01:api-key\n");
    BOOST_TEST(replace({"--no-api-key", "--group", "", "--not-after", ""}) == ":EFFECTIVE:o:U1\n");
    expect_failure(add({"--code", "--replace"}, "two"), 64, "--owner is missing: it names who a code belongs to");

    BOOST_TEST(add_identifier("js", "4711", {"--unit", "U1", "--not-effective"}).code == 0);
    BOOST_TEST(add_identifier("js", "4712", {"--replace"}).code == 0);
    BOOST_TEST(text().ends_with(":NOT_EFFECTIVE::U1\n"));
    BOOST_TEST(read().find_identifier("js")->pass_code.matches("4712"));
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_is_used_with_a_warning)
{
    auto const mine = folder.write("mine", "this is a key of more than 32 bytes\n").string();
    ::chmod(mine.c_str(), 0644);
    BOOST_TEST(add_code("one", {"--key-file", mine}).errors ==
               "tokenctl: warning: " + mine + ": mode 0644, a secret that others may read; chmod o-rwx " + mine + '\n');
}

BOOST_AUTO_TEST_SUITE_END()
