// Files of backends that change under a running tokend: a good file is taken over, a bad file is ignored.
#include "contract/contract.hpp"
#include "support/bytes_of.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <sstream>
#include <string>

using namespace tokend::test;

namespace {

// The demonstration's users, and another user with the administrator's secret.
struct staff
{
    temporary_folder folder{};
    std::string users = bytes_of(demonstration().parent_path() / "crmdemo.users");

    std::string with(std::string_view name) const
    {
        constexpr std::string_view administrators = "\nmpadministrator:";
        auto const start = users.find(administrators);
        BOOST_TEST_REQUIRE(start != std::string::npos);
        auto const rest = start + administrators.size();
        return users + std::string{name} + ":" + users.substr(rest, users.find('\n', rest) - rest) + "\n";
    }

    // check_interval: the time until a change is noticed without a signal.
    daemon_options options(std::string_view check_interval)
    {
        folder.write("staff.users", users);
        auto const text =
            "[backend.staff]\nplugin = file\nusers = staff.users\ncheck-interval = " + std::string{check_interval} +
            "\n[organisation.CRMDEMO]\nbackends = staff\n";
        return {folder.write("tokend.conf", text), {"--login.failure-time=0ms"}};
    }
};

int login_status(daemon_process const& tokend, std::string_view user)
{
    auto const body = R"({"username":")" + std::string{user} + R"(","password":"1234","organisation":"CRMDEMO"})";
    return ask(tokend.address(), post(issue_path, body)).status;
}

std::size_t lines_with(std::string const& log, std::string_view text)
{
    std::istringstream in{log};
    std::size_t count = 0;
    for (std::string line; std::getline(in, line);)
        count += line.find(text) != std::string::npos;
    return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reload_)

BOOST_AUTO_TEST_CASE(a_changed_file_is_read_without_being_told)
{
    staff s;
    daemon_process const tokend{s.options("50ms")};
    BOOST_TEST(login_status(tokend, "newcomer") == 401);
    s.folder.write("staff.users", s.with("newcomer"));
    BOOST_TEST(eventually([&] { return login_status(tokend, "newcomer") == 200; }));
    s.folder.write("staff.users", s.users);
    BOOST_TEST(eventually([&] { return login_status(tokend, "newcomer") == 401; }));
    BOOST_TEST(login_status(tokend, "mpadministrator") == 200);
}

BOOST_AUTO_TEST_CASE(sighup_reads_it_at_once)
{
    staff s;
    daemon_process const tokend{s.options("1h")};
    s.folder.write("staff.users", s.with("newcomer"));
    tokend.signal(SIGHUP);
    BOOST_TEST(tokend.logs("\"reloaded\""));
    BOOST_TEST(login_status(tokend, "newcomer") == 200);
}

BOOST_AUTO_TEST_CASE(a_broken_file_changes_nothing_and_is_named_with_its_line)
{
    staff s;
    daemon_process const tokend{s.options("1h")};
    auto const broken = s.with("newcomer") + "a line that is none\n";
    auto const line = std::to_string(std::count(broken.begin(), broken.end(), '\n'));
    s.folder.write("staff.users", broken);
    BOOST_TEST(tokend.logs("staff.users:" + line));
    BOOST_TEST(login_status(tokend, "newcomer") == 401);
    BOOST_TEST(login_status(tokend, "mpadministrator") == 200);

    // The file is mended, and the daemon still notices it.
    s.folder.write("staff.users", s.with("newcomer"));
    BOOST_TEST(eventually([&] { return login_status(tokend, "newcomer") == 200; }));
    BOOST_TEST(lines_with(tokend.log(), "staff.users:" + line) == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_issued_stays_through_any_number_of_reloads)
{
    staff s;
    daemon_process const tokend{s.options("1h")};
    auto const token = issue_token(tokend.address(), administrator);
    for (int i = 0; i < 20; ++i)
    {
        tokend.signal(SIGHUP);
        BOOST_TEST(is_active(tokend.address(), token));
        BOOST_TEST(login_status(tokend, "mpadministrator") == 200);
    }
}

BOOST_AUTO_TEST_SUITE_END()
