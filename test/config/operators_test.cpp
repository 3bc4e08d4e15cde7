// The rules of [admin]: every mistake is named with its line.
#include "app/tokend/config/operators.hpp"

#include "config/configured.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace tokend::test {
namespace {

using lines = std::vector<std::string>;

constexpr std::string_view organisation = "[backend.b]\nplugin = file\n[organisation.O]\nbackends = b\nname = Others\n";

lines mistakes(std::string const& rules, std::string const& more = {})
{
    return configured{"[admin]\noperators = " + rules + '\n' + more + std::string{organisation}}.mistakes();
}

// A configuration with a token file of that content and mode.
struct with_token
{
    with_token(std::string const& content, std::filesystem::perms mode) : file{folder.write("token", content)}
    {
        std::filesystem::permissions(file, mode);
    }
    lines mistakes(std::string const& rules = "viewer bearer") const
    {
        auto found = test::mistakes(rules, "token-file = " + file.string() + '\n');
        for (auto& line : found)
            for (auto at = line.find(file.string()); at != line.npos; at = line.find(file.string()))
                line.replace(at, file.string().size(), "@");
        return found;
    }

    temporary_folder folder;
    std::filesystem::path const file;
};

constexpr auto owner_alone = std::filesystem::perms::owner_read;

BOOST_AUTO_TEST_SUITE(operators_)

BOOST_AUTO_TEST_CASE(good_rules_are_resolved_and_the_own_user_may_do_all)
{
    configured const c{"[admin]\noperators = operator@O user:0; viewer certificate:CN=a\n" + std::string{organisation}};
    auto const made = make_operators(c.load());
    auto const of = [&](uid_t user) {
        return made.permits_of({.address = {}, .process = std::make_shared<unix_peer const>(unix_peer{user})}, {});
    };
    BOOST_TEST(of(::geteuid()).allow_everywhere(role::admin));
    BOOST_TEST(of(0).allow(role::operator_, "Others"));
    BOOST_TEST(!of(4711).allow_somewhere(role::viewer));
}

BOOST_AUTO_TEST_CASE(nobody_else_may_do_anything_with_empty_rules)
{
    configured const c{"[admin]\noperators =\n" + std::string{organisation}};
    BOOST_TEST(c.load().admin.operators.empty());
}

BOOST_AUTO_TEST_CASE(a_rule_of_another_form_is_refused_with_an_example)
{
    BOOST_TEST(mistakes("admin root") ==
                   lines{"t.conf:2: operators is 'admin root'; give rules between semicolons, each a role and who has "
                         "it, such as admin user:root; operator@ACME group:support; viewer certificate:CN=monitor; "
                         "viewer bearer; or nothing"},
               boost::test_tools::per_element());
    BOOST_TEST(mistakes("admin user:root; admin user:root").size() == 1U);
}

BOOST_AUTO_TEST_CASE(names_that_nobody_has_are_reported_together)
{
    BOOST_TEST(mistakes("admin user:no-such-user; viewer group:no-such-group; operator@O,P user:0; admin user:65534") ==
                   (lines{"t.conf:2: 'admin user:no-such-user': this system has no user 'no-such-user'",
                          "t.conf:2: 'viewer group:no-such-group': this system has no group 'no-such-group'",
                          "t.conf:2: 'operator@O,P user:0': there is no [organisation.P]",
                          "t.conf:2: 'admin user:65534': the user '65534' stands for everybody that this system does "
                          "not know"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_bearer_and_its_token_file_need_each_other)
{
    BOOST_TEST(mistakes("viewer bearer") ==
                   lines{"t.conf:2: a rule of kind bearer needs token-file, the file with its token"},
               boost::test_tools::per_element());
    with_token const good{std::string(32, 'x') + '\n', owner_alone};
    BOOST_TEST(good.mistakes().empty());
    BOOST_TEST(
        good.mistakes("admin user:root") ==
            lines{"t.conf:3: token-file has no effect without a rule such as operators = admin user:root; viewer "
                  "bearer"},
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_token_that_is_short_or_that_others_may_read_is_refused)
{
    for (auto const& content : {std::string(31, 'x'), std::string(40, 'x') + "\nmore", std::string{}})
        BOOST_TEST(
            with_token(content, owner_alone).mistakes() ==
                lines{"t.conf:3: @ must hold one line of 32 to 4096 bytes, such as that of `openssl rand -hex 32`"},
            boost::test_tools::per_element());
    auto const loose = with_token{std::string(32, 'x'), std::filesystem::perms{0644}}.mistakes();
    BOOST_TEST_REQUIRE(loose.size() == 1U);
    BOOST_TEST(loose[0].starts_with("t.conf:3: "));
    BOOST_TEST(loose[0].find("chmod") != std::string::npos);
    BOOST_TEST(mistakes("viewer bearer", "token-file = /none/token\n").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
