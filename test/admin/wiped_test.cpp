// tokenctl wipes the secrets that it sends: none of them is in memory that it frees.
#include "admin/administered_tokend.hpp"
#include "contract/contract.hpp"
#include "support/environment.hpp"
#include "tokenctl/run.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace tokend::test;

namespace {

struct fixture
{
    // Returns true if tokenctl frees memory that has the text.
    bool frees(std::string const& text, arguments const& words, int code = 0) const
    {
        auto const mark = folder / "mark";
        environment_variable const preload{"LD_PRELOAD", TEST_FINDS_FREED};
        environment_variable const find{"FIND_TEXT", text};
        environment_variable const found{"FIND_MARK", mark.string()};
        auto const got = run(words, "");
        BOOST_TEST(got.code == code, got.errors);
        return std::filesystem::remove(mark);
    }

    administered_tokend tokend{};
    temporary_folder folder{};
    std::string const token_file = (tokend.served().folder() / "operator.token").string();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(wiped_, fixture)

BOOST_AUTO_TEST_CASE(the_token_of_an_operator_is)
{
    for (int i = 0; i < 1001; ++i)  // two pages, so two requests
        issue_token(tokend.address(),
                    R"({"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"})");
    arguments const words{"sessions", "--admin", tokend.tcp_address(), "--token-file", token_file};
    BOOST_TEST(!frees(std::string{operator_token}, words));
    BOOST_TEST(frees("kiosk-7", words));  // what is no secret is found, so the search works
}

BOOST_AUTO_TEST_CASE(a_password_a_pass_code_and_a_token_are)
{
    auto const log_in = [&](std::string const& secret, arguments words) {
        auto const file = folder.write("secret", secret).string();
        words.insert(words.begin(), {"login", "--server", tokend.address(), "--secret-file", file});
        return frees(secret, words, 1);
    };
    BOOST_TEST(!log_in("a wrong \"password\"", {"--organisation", "ACME", "--username", "nobody"}));
    BOOST_TEST(!log_in("some pass code", {"--organisation", "CRMDEMO", "--identifier", "jsmith"}));
    auto const token = issue_token(tokend.address());
    BOOST_TEST(!frees(
        token, {"validate", "--server", tokend.address(), "--token-file", folder.write("token", token).string()}));
}

BOOST_AUTO_TEST_SUITE_END()
