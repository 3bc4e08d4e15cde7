#include "tokenctl/run.hpp"

#include "access_token/access_tokens.hpp"
#include "common/text_file.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace tokend::plugin;
using namespace tokend::test;
using namespace std::chrono_literals;

namespace {

constexpr instant now{1'800'000'000s};

// A table with an identifier and two codes.
struct fixture
{
    fixture()
    {
        add({"--identifier", "jsmith", "--unit", "north", "--cost", "1"}, "4711\n");
        add({"--code", "--owner", "kiosk-7", "--unit", "north", "--group", "kiosks"}, "first-code\n");
        add({"--code", "--owner", "robot", "--api-key", "--not-after", "2030-12-31"}, "second-code\n");
        before = text();
    }
    void add(arguments options, std::string const& secret) const
    {
        options.insert(options.begin(), {"access-token", "add"});
        options.push_back(file);
        BOOST_TEST_REQUIRE(run(options, secret).code == 0);
    }
    finished edit(std::string const& verb, arguments rest, std::string const& input = "") const
    {
        rest.insert(rest.begin(), {"access-token", verb, file});
        return run(rest, input);
    }
    void check_done(finished const& got, std::string const& says) const
    {
        BOOST_TEST(got.code == 0);
        BOOST_TEST(got.errors == "");
        BOOST_TEST(got.output == says + file + '\n');
    }
    std::string text() const { return read_text_file(file).text; }
    std::vector<boost::json::object> rows() const
    {
        std::vector<boost::json::object> found;
        auto rest = edit("list", {"--format", "json"}).output;
        for (std::size_t end = 0; (end = rest.find('\n')) != rest.npos; rest.erase(0, end + 1))
            found.push_back(boost::json::parse(rest.substr(0, end)).as_object());
        return found;
    }
    // The name of the code of that owner.
    std::string code_of(std::string const& owner) const
    {
        for (auto const& row : rows())
            if (row.at("owner").as_string() == owner)
                return std::string{row.at("which").as_string()};
        return {};
    }
    verdict of_code(std::string const& code) const
    {
        code_key const key{read_text_file(file + ".key").text.substr(0, 64)};
        return access_tokens::parse(text(), file).check_code(code, key, now).verdict;
    }
    verdict of_pass_code(std::string const& pass_code) const
    {
        return access_tokens::parse(text(), file).check_identifier("jsmith", pass_code, now).verdict;
    }

    temporary_folder folder;
    std::string const file = (folder / "tokens").string();
    std::string before;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(access_token_edit_, fixture)

BOOST_AUTO_TEST_CASE(they_are_listed_in_the_order_of_the_file_without_a_secret)
{
    auto const all = rows();
    BOOST_TEST_REQUIRE(all.size() == 3U);
    BOOST_TEST(all[0].at("which") == "jsmith");
    BOOST_TEST(all[1].at("owner") == "kiosk-7");
    BOOST_TEST(all[1].at("which").as_string().size() == 13U);
    BOOST_TEST(all[2].at("api_key").as_bool());
    BOOST_TEST(all[2].at("ends") == "2031-01-01T00:00:00Z");
    auto const listed = edit("list", {}).output;
    BOOST_TEST(listed.find("$y$") == std::string::npos);
    BOOST_TEST(listed.find("hmac") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_is_disabled_and_enabled_and_nothing_else_changes)
{
    auto const code = code_of("kiosk-7");
    check_done(edit("disable", {code}), "disabled " + code + " in ");
    BOOST_TEST((of_code("first-code") == verdict::disabled));
    BOOST_TEST((of_code("second-code") == verdict::accept));
    check_done(edit("enable", {code}), "enabled " + code + " in ");
    BOOST_TEST(text() == before);
    check_done(edit("disable", {"jsmith"}), "disabled jsmith in ");
    BOOST_TEST((of_pass_code("4711") == verdict::disabled));
}

BOOST_AUTO_TEST_CASE(a_rotated_secret_replaces_the_old_one)
{
    auto const code = code_of("robot");
    check_done(edit("rotate", {code}, "third-code\n"), "rotated " + code + " in ");
    BOOST_TEST((of_code("second-code") == verdict::no_such_user));
    BOOST_TEST((of_code("third-code") == verdict::accept));
    BOOST_TEST(rows()[2].at("api_key").as_bool());
    check_done(edit("rotate", {"--cost", "1", "jsmith"}, "4712\n"), "rotated jsmith in ");
    BOOST_TEST((of_pass_code("4711") == verdict::bad_secret));
    BOOST_TEST((of_pass_code("4712") == verdict::accept));
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_made_is_all_of_the_output)
{
    auto const code = code_of("robot");
    auto const got = edit("rotate", {"--generate", code});
    BOOST_TEST(got.code == 0);
    BOOST_TEST(got.errors == "rotated " + code + " in " + file + '\n');
    BOOST_TEST_REQUIRE(got.output.size() == 33U);
    BOOST_TEST((of_code(got.output.substr(0, 32)) == verdict::accept));
    auto const another = edit("rotate", {"--generate", "--cost", "1", "jsmith"}).output;
    BOOST_TEST((of_pass_code(another.substr(0, 32)) == verdict::accept));
    BOOST_TEST(another != got.output);
}

BOOST_AUTO_TEST_CASE(a_code_that_is_there_already_is_refused)
{
    auto const got = edit("rotate", {code_of("robot")}, "first-code\n");
    BOOST_TEST(got.code == 65);
    BOOST_TEST(got.errors.find("is already in line") != std::string::npos);
    BOOST_TEST(text() == before);
}

BOOST_AUTO_TEST_CASE(all_are_removed_one_by_one)
{
    for (std::string const& one : {std::string{"jsmith"}, code_of("kiosk-7"), code_of("robot")})
        check_done(edit("remove", {one}), "removed " + one + " from ");
    BOOST_TEST(text().ends_with("# empty\n"));
    BOOST_TEST(rows().empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_there_or_not_enough_to_tell_is_an_error)
{
    for (std::string const verb : {"show", "enable", "disable", "remove", "rotate"})
        for (std::string const one : {"nobody", "code:", "code:0", "code:0000000", "code:00000000"})
        {
            auto const got = edit(verb, {one}, "x\n");
            BOOST_TEST(got.code == 1);
            BOOST_TEST(got.errors == "tokenctl: " + file + ": there is no access token '" + one + "'\n");
        }
    BOOST_TEST(edit("rotate", {"--key-file", "k", "jsmith"}, "x\n").errors ==
               "tokenctl: --key-file goes with a code\n");
    BOOST_TEST(edit("rotate", {"--cost", "1", code_of("robot")}, "x\n").errors ==
               "tokenctl: --cost goes with an identifier\n");
    BOOST_TEST(text() == before);
}

BOOST_AUTO_TEST_SUITE_END()
