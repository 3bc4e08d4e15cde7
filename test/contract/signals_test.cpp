// Signals at any time: from the first instruction to the last.
#include "app/tokend/memory_privacy.hpp"
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

using namespace tokend::test;

namespace {

process start_tokend(std::vector<std::string> more = {})
{
    std::vector<std::string> arguments{"--config", demonstration().string(), "--server.allow-loose-modes=yes",
                                       "--listen.public.address=127.0.0.1:0",
                                       std::string{"--server.plugin-directory="} + TEST_PLUGINS};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return process{TEST_TOKEND, arguments};
}

// Returns true if the first thread of the process has blocked the signal. Before the process executes tokend, the C
// library may have blocked all signals.
bool blocks(pid_t pid, int number)
{
    std::ifstream in{"/proc/" + std::to_string(pid) + "/status"};
    std::uint64_t blocked = 0;
    std::string name;
    for (std::string word; in >> word;)
        if (word == "Name:")
            in >> name;
        else if (word == "SigBlk:")
            in >> std::hex >> blocked;
    return name == "tokend" && (blocked >> (number - 1) & 1) != 0;
}

bool await(process const& p, std::string_view text)
{
    return eventually([&] { return p.errors().find(text) != std::string::npos; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signals_)

// main() first blocks the signals; a signal that arrives after that finds a process that is not ready.
BOOST_AUTO_TEST_CASE(a_signal_during_the_start_is_obeyed_after_it)
{
    for (auto const number : {SIGHUP, SIGUSR1, SIGUSR2})
    {
        auto tokend = start_tokend();
        while (!blocks(tokend.pid(), number) && !tokend.wait(within(std::chrono::milliseconds{0})))
            ;
        tokend.signal(number);
        BOOST_TEST(await(tokend, number == SIGHUP ? "reading the configuration again" : "signal ignored"),
                   tokend.errors());
        tokend.signal(SIGTERM);
        BOOST_TEST((tokend.wait(within(std::chrono::seconds{15})) == 0));
    }
}

// tokend has blocked the signals before it opens a file of the test.
BOOST_AUTO_TEST_CASE(a_signal_that_comes_while_the_configuration_is_read_is_obeyed_after_the_start)
{
    for (auto const number : {SIGHUP, SIGUSR1, SIGTERM})
    {
        temporary_folder const folder;
        auto const configuration = folder.write("tokend.conf", "").string();
        descriptor const opened{::inotify_init1(IN_CLOEXEC), "inotify_init1"};
        BOOST_REQUIRE(::inotify_add_watch(opened.get(), configuration.c_str(), IN_OPEN) >= 0);
        process tokend{TEST_TOKEND,
                       {"--config=" + configuration, "--listen.public.address=127.0.0.1:0",
                        std::string{"--server.plugin-directory="} + TEST_PLUGINS}};
        ::pollfd event{opened.get(), POLLIN, 0};
        BOOST_REQUIRE(::poll(&event, 1, 60'000) == 1);
        tokend.signal(number);
        if (number != SIGTERM)
        {
            BOOST_TEST(await(tokend, number == SIGHUP ? "reading the configuration again" : "signal ignored"),
                       tokend.errors());
            tokend.signal(SIGTERM);
        }
        BOOST_TEST((tokend.wait(within(std::chrono::seconds{15})) == 0), tokend.errors());
        BOOST_TEST(tokend.errors().find("stopping") != std::string::npos, tokend.errors());
    }
}

BOOST_AUTO_TEST_CASE(a_stop_signal_during_the_start_ends_it_in_order)
{
    auto tokend = start_tokend();
    while (!blocks(tokend.pid(), SIGTERM) && !tokend.wait(within(std::chrono::milliseconds{0})))
        ;
    tokend.signal(SIGTERM);
    BOOST_TEST((tokend.wait(within(std::chrono::seconds{15})) == 0), tokend.errors());
    BOOST_TEST(tokend.errors().find("stopping") != std::string::npos, tokend.errors());
}

BOOST_AUTO_TEST_CASE(sigquit_stops_like_sigterm)
{
    daemon_process tokend{{demonstration(), {}}};
    tokend.stop(SIGQUIT);
    BOOST_TEST(tokend.log().find("SIGQUIT") != std::string::npos, tokend.log());
}

BOOST_AUTO_TEST_CASE(user_signals_change_nothing)
{
    daemon_process const tokend{{demonstration(), {}}};
    for (auto const number : {SIGUSR1, SIGUSR2, SIGPIPE, SIGXFSZ})
        tokend.signal(number);
    BOOST_TEST(tokend.logs("SIGUSR1"));
    BOOST_TEST(tokend.logs("SIGUSR2"));
    BOOST_TEST(ask(tokend.address(), get_health).status == 200);
}

// From now on every write to a file fails, the log's included.
BOOST_AUTO_TEST_CASE(a_limit_on_the_size_of_files_does_not_kill)
{
    daemon_process const tokend{{demonstration(), {"--log.level=debug"}}};
    rlimit const none{0, 0};
    BOOST_REQUIRE(::prlimit(tokend.pid(), RLIMIT_FSIZE, &none, nullptr) == 0);
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(is_active(tokend.address(), issue_token(tokend.address())));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(memory_)

// In /proc, root owns a process that may not be inspected (proc(5)). The test sees the difference only in a process of
// another user.
BOOST_AUTO_TEST_CASE(only_a_release_build_hides_its_memory)
{
    if (::geteuid() != 0)
        return;
    process tokend{"/usr/bin/setpriv",
                   {"--reuid=65534", "--regid=65534", "--clear-groups", TEST_TOKEND, "--config",
                    demonstration().string(), "--listen.public.address=127.0.0.1:0",
                    std::string{"--server.plugin-directory="} + TEST_PLUGINS}};
    if (!tokend.read_line(within(std::chrono::seconds{15})))
        return;  // the other user cannot read the project's folder
    struct stat seen
    {};
    BOOST_REQUIRE(::stat(("/proc/" + std::to_string(tokend.pid()) + "/environ").c_str(), &seen) == 0);
    BOOST_TEST((seen.st_uid == 0) == tokend::memory_is_private);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stop_in_time_)

BOOST_AUTO_TEST_CASE(nobody_who_reads_the_log_is_needed)
{
    temporary_folder const folder;
    auto const fifo = (folder / "log").string();
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    descriptor const unread{::open(fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC), "open"};
    ::fcntl(unread.get(), F_SETPIPE_SZ, 4096);
    process tokend{"/bin/sh",
                   {"-c", "exec \"$@\" 2>\"$0\"", fifo, TEST_TOKEND, "--config", demonstration().string(),
                    "--listen.public.address=127.0.0.1:0", std::string{"--server.plugin-directory="} + TEST_PLUGINS,
                    "--server.allow-loose-modes=yes", "--log.level=debug", "--server.drain-timeout=500ms"}};
    auto const line = tokend.read_line(within(std::chrono::seconds{15}));
    BOOST_TEST_REQUIRE(line.has_value());
    auto const address = line->substr(line->rfind(' ') + 1);
    for (int i = 0; i < 200; ++i)
        BOOST_TEST(ask(address, get_health).status == 200);
    tokend.signal(SIGTERM);
    BOOST_TEST((tokend.wait(within(std::chrono::seconds{15})) == 0));
}

// The plugin never returns, and so holds the thread that asks it: a worker.
BOOST_AUTO_TEST_CASE(a_plugin_that_holds_a_worker_does_not_hold_up_the_end)
{
    temporary_folder const folder;
    auto const text = "[backend.b]\nplugin = never_returns\n[organisation.slow]\nbackends = b\n";
    daemon_process tokend{{.configuration = folder.write("tokend.conf", text),
                           .arguments = {"--server.drain-timeout=500ms", "--server.workers=1"},
                           .plugins = fake_plugins()}};
    raw_client client{tokend.address()};
    client.send(post(issue_path, R"({"username":"u","password":"p","organisation":"slow"})"));
    BOOST_TEST(tokend.logs("kept a question"));
    tokend.stop();
    BOOST_TEST(tokend.log().find("did not stop within drain-timeout") != std::string::npos, tokend.log());
}

BOOST_AUTO_TEST_SUITE_END()
