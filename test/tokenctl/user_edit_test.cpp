#include "tokenctl/run.hpp"

#include "common/text_file.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <string>

using namespace tokend::test;

namespace {

constexpr std::string_view anna_and_bert = "# a comment that stays\n"
                                           "anna:*:north,south:north:admins:\n"
                                           "\n"
                                           "bert:*:north::sales,staff:expires=2026-12-31,locked\n"
                                           "# the end\n";

struct fixture
{
    explicit fixture() { std::filesystem::permissions(file, std::filesystem::perms{0640}); }

    finished user(std::string const& verb, arguments rest, std::string const& input = "") const
    {
        rest.insert(rest.begin(), {"user", verb, file});
        return run(rest, input);
    }
    void check_done(finished const& got, std::string const& says) const
    {
        BOOST_TEST(got.code == 0);
        BOOST_TEST(got.errors == "");
        BOOST_TEST(got.output == says + file + '\n');
    }
    std::string text() const { return tokend::plugin::read_text_file(file).text; }
    std::string with(std::string_view before, std::string_view after) const
    {
        std::string changed{anna_and_bert};
        return changed.replace(changed.find(before), before.size(), after);
    }

    temporary_folder folder;
    std::string const file = folder.write("x.users", std::string{anna_and_bert}).string();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(user_edit_, fixture)

BOOST_AUTO_TEST_CASE(a_user_is_disabled_and_enabled_and_nothing_else_changes)
{
    check_done(user("disable", {"anna"}), "disabled anna in ");
    BOOST_TEST(text() == with("admins:\n", "admins:disabled\n"));
    check_done(user("disable", {"anna"}), "disabled anna in ");
    BOOST_TEST(text() == with("admins:\n", "admins:disabled\n"));
    check_done(user("enable", {"anna"}), "enabled anna in ");
    BOOST_TEST(text() == with("admins:\n", "admins\n"));
    check_done(user("enable", {"bert"}), "enabled bert in ");
    BOOST_TEST(text().find("bert:*:north::sales,staff:expires=2026-12-31\n") != std::string::npos);
    struct stat s
    {};
    BOOST_TEST(::stat(file.c_str(), &s) == 0);
    BOOST_TEST((s.st_mode & 07777) == 0640);
}

BOOST_AUTO_TEST_CASE(a_new_password_lets_the_user_in_and_the_old_one_does_not)
{
    check_done(user("passwd", {"--cost", "1", "anna"}, "correct horse\n"), "changed the password of anna in ");
    BOOST_TEST(user("verify", {"anna"}, "correct horse\n").output == "the password is right\n");
    check_done(user("passwd", {"--cost", "1", "anna"}, "another horse\n"), "changed the password of anna in ");
    auto const wrong = user("verify", {"anna"}, "correct horse\n");
    BOOST_TEST(wrong.code == 1);
    BOOST_TEST(wrong.errors == "tokenctl: wrong password\n");
    BOOST_TEST(text().find("bert:*:north::sales,staff:expires=2026-12-31,locked\n") != std::string::npos);
    BOOST_TEST(text().find(":north,south:north:admins") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_password_that_is_made_is_all_of_the_output)
{
    auto const got = user("passwd", {"--generate", "--cost", "1", "anna"});
    BOOST_TEST(got.errors == "changed the password of anna in " + file + '\n');
    BOOST_TEST(got.output.size() == 33U);
    BOOST_TEST(user("verify", {"anna"}, got.output).code == 0);
}

BOOST_AUTO_TEST_CASE(a_right_password_of_a_user_who_cannot_log_in_is_refused_with_the_reason)
{
    user("passwd", {"--cost", "1", "anna"}, "correct horse\n");
    user("disable", {"anna"});
    auto const got = user("verify", {"anna"}, "correct horse\n");
    BOOST_TEST(got.code == 1);
    BOOST_TEST(got.errors == "tokenctl: the user is disabled\n");
}

BOOST_AUTO_TEST_CASE(users_are_listed_in_the_order_of_the_file_and_shown_without_their_hash)
{
    auto const listed = user("list", {});
    BOOST_TEST(listed.code == 0);
    BOOST_TEST(listed.output == "USER  STATE        DEFAULT UNIT  UNITS        GROUPS       EXPIRES\n"
                                "anna  no password  north         north,south  admins       -\n"
                                "bert  locked       -             north        sales,staff  2027-01-01T00:00:00Z\n");
    auto const shown = user("show", {"--format", "json", "anna"});
    auto const row = boost::json::parse(shown.output).as_object();
    BOOST_TEST(row.at("username").as_string() == "anna");
    BOOST_TEST(row.at("line").as_int64() == 2);
    BOOST_TEST((row.if_contains("hash") == nullptr));
}

BOOST_AUTO_TEST_CASE(a_user_is_removed_and_an_empty_file_is_marked_as_meant)
{
    check_done(user("remove", {"anna"}), "removed anna from ");
    BOOST_TEST(text() == with("anna:*:north,south:north:admins:\n", ""));
    check_done(user("remove", {"bert"}), "removed bert from ");
    BOOST_TEST(text() == "# a comment that stays\n\n# the end\n# empty\n");
    check_done(run({"user", "add", "--cost", "1", file, "carl"}, "correct horse\n"), "added carl in ");
    BOOST_TEST(text().find("# empty") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_user_or_file_that_is_not_there_is_an_error_and_nothing_changes)
{
    for (std::string const verb : {"passwd", "show", "enable", "disable", "remove", "verify"})
    {
        auto const nobody = user(verb, {"carl"}, "correct horse\n");
        BOOST_TEST(nobody.code == 1);
        BOOST_TEST(nobody.errors == "tokenctl: " + file + ": there is no user 'carl'\n");
        auto const nowhere = run({"user", verb, "/none/x.users", "anna"}, "correct horse\n");
        BOOST_TEST(nowhere.code != 0);
        BOOST_TEST(nowhere.output == "");
    }
    BOOST_TEST(run({"user", "list", "/none/x.users"}, "").errors == "tokenctl: there is no file /none/x.users\n");
    BOOST_TEST(text() == anna_and_bert);
}

BOOST_AUTO_TEST_CASE(a_file_with_a_mistake_is_not_touched)
{
    folder.write("x.users", std::string{anna_and_bert} + "bert:*:\n");
    auto const got = user("disable", {"anna"});
    BOOST_TEST(got.code == 65);
    BOOST_TEST(got.errors == "tokenctl: " + file + ":6: username: 'bert' is already in line 4\n");
    BOOST_TEST(text() == std::string{anna_and_bert} + "bert:*:\n");
}

BOOST_AUTO_TEST_SUITE_END()
