// Connections and descriptors that run out.
#include "http/contract.hpp"
#include "support/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

using namespace tokend::test;

namespace {

daemon_options with(std::vector<std::string> arguments) { return {demonstration(), std::move(arguments)}; }

// Of a process, user and kernel together.
std::chrono::milliseconds processor_time(pid_t pid)
{
    std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
    std::string field;
    long user = 0;
    long kernel = 0;
    std::getline(in, field, ')');  // the name may hold spaces
    for (int i = 0; i < 11; ++i)
        in >> field;
    in >> user >> kernel;
    return std::chrono::milliseconds{(user + kernel) * 1000 / ::sysconf(_SC_CLK_TCK)};
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

// The undefined-behaviour sanitizer, which goes with that of addresses, asks for a pipe when it looks at a virtual
// table, and takes a refusal for a broken one.
BOOST_AUTO_TEST_CASE(when_descriptors_run_out_it_neither_spins_nor_forgets_anybody,
                     *boost::unit_test::enable_if<!under_address_sanitizer>())
{
    auto options = with({"--server.workers=1", "--http.idle-timeout=1m", "--http.linger-timeout=100ms"});
    options.open_files = 64;
    daemon_process const tokend{options};
    raw_client early{tokend.address()};
    early.send(get_health);
    BOOST_TEST(early.receive().status == 200);

    std::vector<raw_client> crowd;
    for (int i = 0; i < 100; ++i)
        crowd.emplace_back(tokend.address()).send(get_health);

    // Nothing happens on `early`, so this is one second of waiting at the limit.
    auto const before = processor_time(tokend.pid());
    ::pollfd quiet{early.socket(), POLLIN, 0};
    BOOST_TEST(::poll(&quiet, 1, 1000) == 0);
    BOOST_TEST((processor_time(tokend.pid()) - before).count() < 500, "half of the second was spent on the processor");

    early.send(get_health);
    BOOST_TEST(early.receive().status == 200);
    crowd.clear();
    BOOST_TEST(eventually([&] { return is_alive(tokend.address()); }));
}

BOOST_AUTO_TEST_SUITE_END()
