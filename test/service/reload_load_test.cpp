// Two hundred reloads under load, every tenth of them broken in another way: no request fails, and nothing leaks.
#include "contract/contract.hpp"
#include "support/bytes_of.hpp"
#include "support/count.hpp"
#include "support/daemon.hpp"
#include "support/patience.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tokend::test {
namespace {

constexpr std::string_view staff = "[backend.staff]\nplugin = file\nusers = staff.users\n";
constexpr std::string_view crmdemo = "[organisation.CRMDEMO]\nbackends = staff\n";

struct broken_way
{
    std::string before;  // the sections [backend.staff] and [organisation.CRMDEMO]
    std::string behind;
    std::string reason;  // a part of the line in the log
    std::string users{};
};

// Clients that log in, validate and release on connections that stay open, until they are stopped.
class load
{
public:
    explicit load(std::string address) : address_{std::move(address)}
    {
        for (int i = 0; i < 3; ++i)
            clients_.emplace_back([this] { run(); });
    }
    ~load() { stop(); }

    void stop()
    {
        stopping_ = true;
        for (auto& c : clients_)
            if (c.joinable())
                c.join();
    }
    std::size_t served() const noexcept { return served_; }
    std::size_t failed() const noexcept { return failed_; }

private:
    void run()
    try
    {
        raw_client client{address_};
        auto const exchange = [&](std::string const& request) {
            client.send(request);
            auto const a = client.receive();
            ++(a.status == 200 ? served_ : failed_);
            if (a.status != 200)
                BOOST_TEST_MESSAGE(a.status << ' ' << a.body);
            return a;
        };
        while (!stopping_)
        {
            auto const issued = exchange(post(issue_path, administrator)).body;
            auto const at = issued.find(R"("token":")");
            if (at == std::string::npos)
                continue;
            auto const token = issued.substr(at + 9, 32);
            for (int i = 0; i < 20; ++i)
                if (exchange(post(validate_path, token_body(token))).body.find(R"("active":true)") == std::string::npos)
                {
                    ++failed_;
                    BOOST_TEST_MESSAGE("not active");
                }
            exchange(post(release_path, token_body(token)));
        }
    }
    catch (std::exception const& e)
    {
        ++failed_;  // its connection ended
        BOOST_TEST_MESSAGE(e.what());
    }

    std::string const address_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> served_{0};
    std::atomic<std::size_t> failed_{0};
    std::vector<std::thread> clients_;
};

// The sanitizers keep freed memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

// Bytes of memory that the process has in use.
std::size_t resident(pid_t pid)
{
    std::ifstream in{"/proc/" + std::to_string(pid) + "/statm"};
    std::size_t total = 0;
    std::size_t pages = 0;
    in >> total >> pages;
    return pages * 4096;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reload_load_)

BOOST_AUTO_TEST_CASE(two_hundred_reloads_under_load_lose_no_request_and_no_memory)
{
    temporary_folder const folder;
    auto const users = bytes_of(demonstration().parent_path() / "crmdemo.users");
    daemon_process const other{{demonstration(), {}}};
    std::vector<broken_way> const ways{
        {"", "[organisation.X]\nbackends = nobody\n", ":7: there is no [backend.nobody]"},
        {"", "[sever]\n", ":6: unknown section [sever]"},
        {"[http]\nidle-timeout = soon\n", "", ":2: idle-timeout is 'soon'"},
        {"[server]\nworkers = 9\n", "", ":2: server.workers changes"},
        {"[backend.more]\nplugin = missing\n", "", ":1: "},
        {"[listen.taken]\naddress = " + other.address() + "\n", "", ":2: cannot listen on"},
        {"[listen.a]\naddress = 192.0.2.1:80\n", "", ":2: 192.0.2.1:80 is not loopback"},
        {"", "", "staff.users:", users + "a line that is none\n"},
        {"", "[organisation.Y]\nname = crmdemo\nbackends = staff\n", ":7: the name 'crmdemo'"},
        {"[listen.b]\nserve = all\n", "", ":2: serve is 'all'"},
        {"[tokens]\nfile = elsewhere\n", "", ":2: tokens.file changes"},
        {"", "lifetime = 1h", "newline"},
    };
    folder.write("staff.users", users);
    auto const file = folder.write("tokend.conf", std::string{staff}.append(crmdemo));
    daemon_process const tokend{{.configuration = file, .arguments = {"--login.failure-time=0ms"}}};
    auto const results = [&] {
        auto const log = tokend.log();
        return std::pair{count(log, R"("reloaded")"), count(log, "is not reloaded")};
    };

    load clients{tokend.address()};
    BOOST_TEST(eventually([&] { return clients.served() > 100; }));
    std::size_t settled = 0;
    std::size_t broken = 0;
    for (std::size_t i = 1; i <= 200; ++i)
    {
        auto const before = results();
        bool const breaks = i % 10 == 0;
        auto const& way = ways[broken % ways.size()];
        if (breaks)
        {
            ++broken;
            if (!way.users.empty())
                folder.write("staff.users", way.users);
            folder.write("tokend.conf", way.before + std::string{staff}.append(crmdemo) + way.behind);
        }
        else
        {
            auto const socket = "unix:" + (folder / "n").string() + std::to_string(i % 3);
            folder.write("tokend.conf", "[listen.local]\naddress = " + socket + "\n" +
                                            std::string{staff}.append(crmdemo) +
                                            (i % 2 == 0 ? "[organisation.ACME]\nbackends = staff\n" : ""));
        }
        tokend.signal(SIGHUP);
        BOOST_TEST_REQUIRE(eventually([&] { return results() != before; }));
        if (breaks && !way.users.empty())
            folder.write("staff.users", users);
        auto const now = results();
        BOOST_TEST((breaks ? now.first == before.first : now.first == before.first + 1 && now.second == before.second),
                   tokend.log());
        if (breaks)
            BOOST_TEST(tokend.log().find(way.reason, tokend.log().rfind("reading the configuration again")) !=
                           std::string::npos,
                       way.reason << " in " << tokend.log().substr(tokend.log().rfind("reading the configuration")));
        if (i == 100)
            settled = resident(tokend.pid());
    }
    auto const at_the_end = resident(tokend.pid());
    clients.stop();
    BOOST_TEST(clients.failed() == 0U, tokend.log());
    BOOST_TEST_MESSAGE("served " << clients.served() << ", memory " << settled / 1024 << " KiB after 100 reloads, "
                                 << at_the_end / 1024 << " KiB after 200");
    if (!sanitized)
        BOOST_TEST(at_the_end < settled + 4 * 1024 * 1024);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test
