// Two hundred reloads under load, every tenth of them broken in another way: no request fails, and nothing leaks.
#include "contract/contract.hpp"
#include "support/bytes_of.hpp"
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

// Reads a log as it grows, and each of its lines once.
class reload_results
{
public:
    explicit reload_results(daemon_process const& of) : of_{of} {}

    // Waits until the next reload has ended. Returns false if none ends.
    bool next()
    {
        auto const ended = reloaded_ + refused_;
        return eventually([&] { return read(), reloaded_ + refused_ > ended; });
    }
    std::size_t reloaded() const noexcept { return reloaded_; }
    std::size_t refused() const noexcept { return refused_; }
    std::string const& refusals() const noexcept { return refusals_; }  // the lines of the last refusal

private:
    void read()
    {
        auto text = of_.log(read_);
        text.resize(text.rfind('\n') + 1);
        read_ += text.size();
        for (std::string_view rest = text; !rest.empty();)
        {
            auto const line = rest.substr(0, rest.find('\n') + 1);
            rest.remove_prefix(line.size());
            if (line.find("reading the configuration again") != line.npos)
                refusals_.clear();
            else if (line.find(R"("reloaded")") != line.npos)
                ++reloaded_;
            else if (line.find("is not reloaded") != line.npos)
            {
                refused_ += refusals_.empty() ? 1 : 0;
                refusals_ += line;
            }
        }
    }

    daemon_process const& of_;
    std::size_t read_ = 0;  // bytes
    std::size_t reloaded_ = 0;
    std::size_t refused_ = 0;
    std::string refusals_;
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
    // A large table would become resident bit by bit.
    daemon_process const tokend{
        {.configuration = file, .arguments = {"--login.failure-time=0ms", "--tokens.capacity=1000"}}};
    reload_results results{tokend};

    load clients{tokend.address()};
    BOOST_TEST(eventually([&] { return clients.served() > 100; }));
    std::size_t settled = 0;
    std::size_t broken = 0;
    for (std::size_t i = 1; i <= 200; ++i)
    {
        auto const reloaded_before = results.reloaded();
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
        BOOST_TEST_REQUIRE(results.next());
        if (breaks && !way.users.empty())
            folder.write("staff.users", users);
        BOOST_TEST(results.reloaded() == reloaded_before + (breaks ? 0 : 1), tokend.log());
        BOOST_TEST(results.refused() == broken);
        if (breaks)
            BOOST_TEST(results.refusals().find(way.reason) != std::string::npos,
                       way.reason << " in " << results.refusals());
        if (i == 100)
            settled = resident(tokend.pid());
    }
    clients.stop();
    BOOST_TEST(clients.failed() == 0U, tokend.log());
    auto const allowed = settled + 4 * 1024 * 1024;  // a setup that stays has 100 KiB
    bool const returned = sanitized || eventually([&] { return resident(tokend.pid()) < allowed; });
    BOOST_TEST_MESSAGE("served " << clients.served() << ", memory " << settled / 1024 << " KiB after 100 reloads, "
                                 << resident(tokend.pid()) / 1024 << " KiB after 200");
    BOOST_TEST(returned);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test
