// An idle tokend sleeps, and its threads have names.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

using namespace tokend::test;

namespace {

// The number of voluntary context switches of each thread, by its name: how often it went to sleep.
std::map<std::string, long> sleeps(pid_t pid)
{
    std::map<std::string, long> counts;
    for (auto const& task : std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/task"})
    {
        std::ifstream in{task.path() / "status"};
        std::string name;
        long count = 0;
        for (std::string word; in >> word;)
            if (word == "Name:")
                in >> name;
            else if (word == "voluntary_ctxt_switches:")
                in >> count;
        counts[name] += count;
    }
    return counts;
}

// A connection is open, so that a deadline is pending, and a token is live. Once the work that the login began is over,
// two checks half a second apart find no difference.
void check_sleeps(daemon_options options, std::vector<std::string> const& names)
{
    options.arguments.insert(options.arguments.end(), {"--http.idle-timeout=1h", "--log.level=error"});
    daemon_process const tokend{options};
    raw_client client{tokend.address()};
    client.send(post(issue_path, administrator));
    check_ok(client.receive());
    ::pollfd quiet{client.socket(), POLLIN, 0};
    BOOST_TEST(eventually([&] {
        auto before = sleeps(tokend.pid());
        BOOST_TEST(::poll(&quiet, 1, 500) == 0);
        auto after = sleeps(tokend.pid());
        return std::all_of(names.begin(), names.end(),
                           [&](auto const& name) { return before.contains(name) && before[name] == after[name]; });
    }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(idle_)

BOOST_AUTO_TEST_CASE(threads_are_named_by_their_role)
{
    daemon_process const tokend{{demonstration(), {"--server.workers=2"}}};
    for (auto const* const name : {"tokend", "worker-0", "worker-1", "sweeper", "log", "hash-0", "signals"})
        BOOST_TEST(eventually([&] { return sleeps(tokend.pid()).contains(name); }), name);
}

BOOST_AUTO_TEST_CASE(without_requests_no_thread_of_it_wakes_up)
{
    check_sleeps({demonstration(), {}}, {"tokend", "worker-0", "sweeper", "log", "hash-0", "signals"});
}

// The keeper checks every five seconds that the file still exists.
BOOST_AUTO_TEST_CASE(nor_does_one_of_its_tokens_file_when_all_is_on_the_disk)
{
    temporary_folder const folder;
    check_sleeps({demonstration(), {"--tokens.file=" + (folder / "tokens").string(), "--tokens.sync-interval=10ms"}},
                 {"tokens-write", "tokens-keep", "tokens-watch", "sweeper", "worker-0"});
}

BOOST_AUTO_TEST_SUITE_END()
