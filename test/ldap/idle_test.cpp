// An idle loop sleeps until a connection needs attention.
#include "ldap/directory_rig.hpp"
#include "ldap/findings.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

using namespace tokend::test;
using namespace std::chrono_literals;

namespace {

// Returns when the next timerfd of this process expires, by proc(5). Asio has one for each loop.
std::optional<std::chrono::seconds> time_to_next_timer()
{
    std::optional<std::chrono::seconds> least;
    for (auto const& file : std::filesystem::directory_iterator{"/proc/self/fdinfo"})
    {
        std::ifstream info{file.path()};
        long long left = 0;
        for (std::string line; std::getline(info, line);)
            if (std::sscanf(line.c_str(), "it_value: (%lld,", &left) == 1)
                least = std::min(least.value_or(24h), std::chrono::seconds{left});
    }
    return least;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(idle_)

BOOST_AUTO_TEST_CASE(an_idle_directory_whose_connections_are_up_has_nothing_to_wake_for)
{
    auto how = usual_settings();
    how.server.probe_interval = how.server.idle_timeout = how.server.max_age = 1h;
    directory_rig rig{how};
    BOOST_TEST(is(rig.log_in("anna"), TOKEND_ACCEPT));
    BOOST_TEST(
        eventually([] { return time_to_next_timer() > 100s; }));  // Asio itself never sleeps for more than five minutes
}

BOOST_AUTO_TEST_SUITE_END()
