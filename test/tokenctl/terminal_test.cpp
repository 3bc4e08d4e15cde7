#include "tokenctl/run.hpp"

#include "common/text_file.hpp"
#include "file/users.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>

using namespace tokend::plugin;
using namespace tokend::test;

namespace {

struct fixture
{
    temporary_folder folder;
    std::string const file = (folder / "x.users").string();
    on_terminal terminal{{"user", "add", "--cost", "1", file, "anna"}};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(terminal_, fixture)

BOOST_AUTO_TEST_CASE(the_secret_is_asked_twice_and_never_shown)
{
    terminal.wait_for("Password of anna: ");
    BOOST_TEST(!terminal.echoes());
    terminal.type("alice in wonderland\n");
    terminal.wait_for("Password of anna again: ");
    BOOST_TEST(!terminal.echoes());
    terminal.type("alice in wonderland\n");
    terminal.wait_for("added anna in ");
    BOOST_TEST(terminal.wait() == 0);
    BOOST_TEST(terminal.echoes());
    BOOST_TEST(terminal.shown().find("alice in wonderland") == std::string::npos);
    auto const all = users::parse(read_text_file(file).text, file, nullptr);
    BOOST_TEST((all.check("anna", "alice in wonderland", instant{}).verdict == verdict::accept));
}

BOOST_AUTO_TEST_CASE(two_that_differ_are_refused)
{
    terminal.wait_for("Password of anna: ");
    terminal.type("one\n");
    terminal.wait_for("again: ");
    terminal.type("two\n");
    BOOST_TEST(terminal.wait() == 64);
    BOOST_TEST(terminal.shown().ends_with("tokenctl: the two differ\r\n"));
    BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(an_empty_line_is_refused)
{
    terminal.wait_for("Password of anna: ");
    terminal.type("\n");
    BOOST_TEST(terminal.wait() == 64);
    BOOST_TEST(terminal.shown().ends_with("tokenctl: an empty secret\r\n"));
    BOOST_TEST(terminal.echoes());
}

BOOST_AUTO_TEST_CASE(ctrl_c_gives_the_terminal_its_echo_back)
{
    terminal.wait_for("Password of anna: ");
    terminal.type("wond\x03");
    BOOST_TEST(terminal.wait() == 128 + SIGINT);
    BOOST_TEST(terminal.echoes());
    BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_CASE(so_does_being_told_to_end)
{
    terminal.wait_for("Password of anna: ");
    terminal.type("alice in wonderland\n");
    terminal.wait_for("again: ");
    BOOST_REQUIRE(::kill(terminal.pid(), SIGTERM) == 0);
    BOOST_TEST(terminal.wait() == 128 + SIGTERM);
    BOOST_TEST(terminal.echoes());
    BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_AUTO_TEST_SUITE_END()
