// What the log says at its usual level: one line for each event, in one shape.
#include "contract/contract.hpp"
#include "support/daemon.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>
#include <string_view>

using namespace tokend::test;

namespace {

// The last line with that event, once there is one. REQUIRES: the log is written as JSON, as usual without a terminal.
boost::json::object line_of(daemon_process const& tokend, std::string_view event)
{
    auto const mark = R"("msg":")" + std::string{event} + '"';
    BOOST_TEST_REQUIRE(tokend.logs(mark));
    std::istringstream lines{tokend.log()};
    boost::json::object found;
    for (std::string line; std::getline(lines, line);)
        if (line.find(mark) != line.npos)
            found = boost::json::parse(line).as_object();
    return found;
}

std::string text(boost::json::object const& line, std::string_view name)
{
    auto const* const value = line.if_contains(name);
    return value == nullptr ? "" : value->is_string() ? std::string{value->as_string()} : serialize(*value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_lines_)

BOOST_AUTO_TEST_CASE(the_start_says_what_is_served_and_the_end_says_why)
{
    daemon_process tokend{{demonstration(), {}}};
    auto const start = line_of(tokend, "ready");
    BOOST_TEST(text(start, "configuration") == demonstration().string());
    BOOST_TEST(text(start, "listeners") == "public " + tokend.address());
    BOOST_TEST(text(start, "organisations") == "2");
    BOOST_TEST(text(start, "backends") == "3");
    BOOST_TEST(text(start, "plugins").find("file ") != std::string::npos);
    BOOST_TEST(text(start, "plugins").find(" (2 backends)") != std::string::npos);
    tokend.stop(SIGINT);
    auto const end = line_of(tokend, "stopped");
    BOOST_TEST(text(end, "reason") == "SIGINT");
    BOOST_TEST(text(end, "tokens") == "0");
}

BOOST_AUTO_TEST_CASE(a_login_and_a_release_say_who_and_which_token)
{
    daemon_process const tokend{{demonstration(), {}}};
    auto const token = issue_token(tokend.address());
    auto const login = line_of(tokend, "issue");
    BOOST_TEST(text(login, "status") == "200");
    for (auto const* const name : {"organisation", "user", "unit", "backend", "accessor", "client", "request_id"})
        BOOST_TEST(!text(login, name).empty(), name);
    BOOST_TEST(login.at("ms").is_double());
    BOOST_TEST(text(login, "ts").size() == std::string_view{"2026-11-24T05:51:00.007Z"}.size());
    ask(tokend.address(), post(release_path, token_body(token)));
    auto const release = line_of(tokend, "release");
    for (auto const* const name : {"organisation", "user", "unit", "backend", "accessor"})
        BOOST_TEST(text(release, name) == text(login, name));
    BOOST_TEST(tokend.log().find(token) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_is_refused_at_verify_with_a_live_token_is_named)
{
    daemon_process const tokend{{demonstration(), {}}};
    auto const token = issue_token(tokend.address());
    auto const login = line_of(tokend, "issue");
    BOOST_TEST(ask(tokend.address(), get("/auth/verify?group=nobodys", bearer(token))).status == 403);
    auto const refused = line_of(tokend, "verify");
    BOOST_TEST(text(refused, "status") == "403");
    BOOST_TEST(text(refused, "user") == text(login, "user"));
    BOOST_TEST(text(refused, "accessor") == text(login, "accessor"));
    BOOST_TEST(text(refused, "reason") == "not met: group");
}

BOOST_AUTO_TEST_SUITE_END()
