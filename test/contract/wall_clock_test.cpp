// Steps of the wall clock. A preloaded library steps it for tokend alone (test/preload/steps_clock.c).
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace tokend::test;

BOOST_AUTO_TEST_SUITE(wall_clock_)

BOOST_AUTO_TEST_CASE(a_step_is_logged_once_with_both_times_and_tokens_do_not_notice)
{
    temporary_folder const folder;
    daemon_process tokend{{.configuration = demonstration(),
                           .environment = {std::string{"LD_PRELOAD="} + TEST_STEPS_CLOCK,
                                           "STEP_WHEN=" + (folder / "step").string(), "STEP_SECONDS=31536000"}}};
    auto const& address = tokend.address();
    auto const token = issue_token(address);
    auto const year = [](std::string const& date) { return date.size() > 16 ? std::stoi(date.substr(12, 4)) : 0; };
    auto const before = year(ask(address, get_health).header("Date"));

    folder.write("step", "");
    BOOST_TEST(tokend.logs("the wall clock was set"));
    BOOST_TEST(is_active(address, token));
    BOOST_TEST(year(ask(address, get_health).header("Date")) <= before + 1);  // + 1: at the turn of a year
    tokend.stop();

    auto const log = tokend.log();
    auto const first = log.find("the wall clock was set");
    BOOST_TEST(log.find("the wall clock was set", first + 1) == std::string::npos, log);
    auto const value = [&](std::string const& name) {
        auto const at = log.find('"' + name + "\":\"", first);
        return at == std::string::npos ? std::string{} : log.substr(at + name.size() + 4, 20);
    };
    BOOST_TEST(value("wall_clock").size() == 20U, log);
    BOOST_TEST(std::stoi(value("wall_clock")) == std::stoi(value("used")) + 1, log);
}

BOOST_AUTO_TEST_SUITE_END()
