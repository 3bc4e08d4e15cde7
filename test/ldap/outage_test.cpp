// tokend over HTTP while its directory is stopped, crashes, and returns.
#include "ldap/http_rig.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>
#include <vector>

using namespace tokend::test;
using namespace std::chrono_literals;

namespace {

struct threads
{
    std::size_t all = 0;
    std::size_t of_plugin = 0;
};

threads threads_of(daemon_process const& tokend)
{
    threads found;
    for (auto const& task : std::filesystem::directory_iterator{"/proc/" + std::to_string(tokend.pid()) + "/task"})
    {
        std::string name;
        std::getline(std::ifstream{task.path() / "comm"}, name);
        ++found.all;
        found.of_plugin += name.starts_with("ldap:");
    }
    return found;
}

// Repeats an action on a thread of its own until stop() or destruction.
class repeater
{
public:
    template <class Act>
    explicit repeater(Act act)
        : thread_{[this, act = std::move(act)]() mutable {
              while (!over_)
                  act();
          }}
    {}
    ~repeater() { stop(); }
    void stop()
    {
        over_ = true;
        if (thread_.joinable())
            thread_.join();
    }

private:
    std::atomic<bool> over_{false};
    std::thread thread_;
};

// Logs in repeatedly and counts the answers. To be read after the repeaters have stopped.
struct login_load
{
    explicit login_load(daemon_process const& to) : tokend{to} {}

    void operator()(int user)
    {
        auto const a = log_in(tokend, "load" + std::to_string(user));
        std::lock_guard const guard{mutex};
        ++answers[a.status];
        if (a.status == 200)
            tokens.push_back(a.body.substr(a.body.find(R"("token":")") + 9, 32));
    }
    int count(int status)
    {
        std::lock_guard const guard{mutex};
        return answers[status];
    }
    bool brings_more(int status)
    {
        auto const before = count(status);
        return eventually([&] { return count(status) > before; });
    }

    daemon_process const& tokend;
    std::mutex mutex;  // guards the members below
    std::map<int, int> answers;
    std::vector<std::string> tokens;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(outage_)

BOOST_AUTO_TEST_CASE(a_thousand_logins_at_a_directory_that_stands_still_hold_no_thread_and_are_answered_503)
{
    corp const w;
    auto& server = slapd::shared();
    daemon_process const tokend{
        w.options(w.backend(server.tls_uri(), "deadline = 3s\nmax-in-flight = 1000\nmax-waiting = 1000\n"))};
    auto const token = issue_token(tokend.address(), login_body("anna", password_of("anna")));
    auto const before = threads_of(tokend);
    BOOST_TEST(before.of_plugin == 1U);

    server.signal(SIGSTOP);
    std::size_t validations = 0;
    std::size_t bad_validations = 0;
    repeater validating{[&, client = raw_client{tokend.address()}]() mutable {
        client.send(post(validate_path, token_body(token)));
        auto const a = client.receive();
        ++validations;
        bad_validations += a.status != 200 || a.body.find(R"("active":true)") == std::string::npos;
    }};
    std::vector<raw_client> clients;
    auto const request = post(issue_path, login_body("anna", password_of("anna")));
    for (int i = 0; i < 1000; ++i)
        clients.emplace_back(tokend.address()).send(request);
    std::map<int, int> answers;
    for (auto& client : clients)
    {
        auto const during = threads_of(tokend);
        BOOST_TEST(during.of_plugin == before.of_plugin);
        BOOST_TEST(during.all == before.all);
        ++answers[client.receive().status];  // though the directory is still stopped
    }
    for (auto const& [status, count] : answers)
        BOOST_TEST((status == 503), count << " answers " << status);
    validating.stop();
    BOOST_TEST(validations > 0U);
    BOOST_TEST(bad_validations == 0U);
    server.signal(SIGCONT);
    BOOST_TEST(eventually([&] { return log_in(tokend, "anna").status == 200; }));
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_killed_under_load_and_comes_back_denies_nobody_and_loses_no_token)
{
    corp const w;
    auto& server = slapd::shared();
    daemon_process const tokend{w.options(w.backend(server.tls_uri(), "deadline = 2s\nrecheck-interval = 1s\n"))};
    login_load load{tokend};
    std::vector<std::unique_ptr<repeater>> clients;
    for (int i = 0; i < 4; ++i)
        clients.push_back(std::make_unique<repeater>([&load, user = i]() mutable { load(user = (user + 4) % 48); }));
    BOOST_TEST(load.brings_more(200));
    server.kill();
    BOOST_TEST(load.brings_more(503));
    server.restart();
    BOOST_TEST(load.brings_more(200));
    for (auto& c : clients)
        c->stop();
    BOOST_TEST(load.answers.size() == 2U);
    BOOST_TEST(load.answers[401] == 0);
    for (auto const& token : load.tokens)
        BOOST_TEST(is_active(tokend.address(), token));
}

BOOST_AUTO_TEST_SUITE_END()
