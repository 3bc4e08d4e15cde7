// Limits on connections and file descriptors.
#include "contract/contract.hpp"
#include "support/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

using namespace tokend::test;

namespace {

daemon_options with(std::vector<std::string> arguments) { return {demonstration(), std::move(arguments)}; }

// For each thread of a process: its state, and its number of context switches.
std::string look_at_threads(pid_t pid)
{
    std::string found;
    for (auto const& thread : std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/task"})
    {
        std::ifstream in{thread.path() / "status"};
        for (std::string line; std::getline(in, line);)
            if (line.starts_with("State:") || line.find("ctxt_switches:") != line.npos)
                found += line + '\n';
    }
    return found;
}

// Returns false unless all threads sleep between two checks. A thread that spins is running or was interrupted.
bool comes_to_rest(pid_t pid)
{
    std::string last;
    return eventually([&] {
        auto const before = std::exchange(last, look_at_threads(pid));
        return before == last && last.find("State:\tR") == last.npos;
    });
}

bool is_alive(std::string const& address)
{
    raw_client client{address};
    client.send(get_health);
    auto const a = client.receive_or_end();
    return a && a->status == 200;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connections_)

BOOST_AUTO_TEST_CASE(one_connection_too_many_is_told_so_and_the_others_stay)
{
    daemon_process const tokend{with({"--server.max-connections=4", "--http.linger-timeout=100ms"})};
    std::vector<raw_client> held;
    for (int i = 0; i < 4; ++i)
    {
        held.emplace_back(tokend.address()).send(get_health);
        BOOST_TEST(held.back().receive().status == 200);
    }
    {
        raw_client fifth{tokend.address()};
        fifth.send(get_health);
        check_error(fifth.receive(), 503, "OVERLOADED");
        BOOST_TEST(!fifth.receive_or_end().has_value());
    }
    for (auto& client : held)
    {
        client.send(get_health);
        BOOST_TEST(client.receive().status == 200);
    }
    held.pop_back();
    BOOST_TEST(eventually([&] { return is_alive(tokend.address()); }));
}

// Not under asan: the undefined-behaviour sanitizer opens a pipe to check a virtual table, and reports a broken table
// if it gets no pipe.
BOOST_AUTO_TEST_CASE(when_descriptors_run_out_it_neither_spins_nor_forgets_anybody,
                     *boost::unit_test::enable_if<!under_address_sanitizer>())
{
    auto options = with(
        {"--server.workers=1", "--http.idle-timeout=1m", "--http.linger-timeout=100ms", "--tokens.sweep-interval=1m"});
    daemon_process const tokend{options};
    raw_client early{tokend.address()};
    early.send(get_health);
    BOOST_TEST(early.receive().status == 200);
    auto const before = tokend.descriptors();
    tokend.limit_descriptors(before + 20);

    std::vector<raw_client> crowd;
    for (int i = 0; i < 100; ++i)
        crowd.emplace_back(tokend.address()).send(get_health);

    BOOST_TEST(tokend.logs("cannot accept"));
    BOOST_TEST(comes_to_rest(tokend.pid()));

    early.send(get_health);
    BOOST_TEST(early.receive().status == 200);
    crowd.clear();
    BOOST_TEST(eventually([&] { return is_alive(tokend.address()); }));
    BOOST_TEST(tokend.comes_back_to(before));
}

BOOST_AUTO_TEST_SUITE_END()
