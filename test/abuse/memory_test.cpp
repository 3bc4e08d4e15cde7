// A tokend that gets no memory, at each of the places where it asks for some: one allocation of a request fails, the
// first one, then the second one, and so on until the request needs no more.
#include "contract/contract.hpp"
#include "support/count.hpp"
#include "support/daemon.hpp"
#include "support/failing_memory.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend::test {
namespace {

constexpr std::string_view code_login =
    R"({"access_token_identifier":{"authentication_code":"99123456"},"organisation":"CRMDEMO"})";

constexpr std::size_t most_connections = 8;
constexpr std::size_t most_logins = 4;

// A tokend with bounds so low that whatever is not given back is missed soon.
class starved_daemon
{
public:
    explicit starved_daemon(std::filesystem::path const& configuration = demonstration(),
                            std::vector<std::string> more = {})
        : tokend_{{.configuration = configuration,
                   .arguments = arguments(std::move(more)),
                   .environment = memory_.environment()}}
    {}

    std::string const& address() const noexcept { return tokend_.address(); }
    daemon_process& daemon() noexcept { return tokend_; }
    failing_memory const& memory() const noexcept { return memory_; }

    // Calls `attempt` again and again. Each time one allocation of the threads with that name fails in it: the first
    // one, the second one (or the one `step` further), and so on until there are no more. After each time `check` says
    // whether all is well.
    void starve(std::string_view thread, std::function<void()> const& attempt, std::function<void()> const& check,
                long step = 1)
    {
        long n = 1;
        for (bool has_failed = true; has_failed; n += step)
            BOOST_TEST_CONTEXT("allocation " << n << " of '" << thread << '\'')
            {
                memory_.fail(n, thread);
                attempt();
                has_failed = memory_.end();
                check();
            }
        BOOST_TEST(n > 2, "no allocation of '" << thread << "' has failed");
    }

    // As many connections as there may be are served, and as many logins.
    void check_bounds() const
    {
        std::deque<raw_client> clients;
        auto const all_are_served = [&] {
            clients.clear();
            for (std::size_t i = 0; i < most_connections; ++i)
                clients.emplace_back(address()).send(get_health);
            return std::ranges::all_of(clients, [](raw_client& c) {
                auto const a = c.receive_or_end();
                return a && a->status == 200;
            });
        };
        BOOST_TEST(eventually(all_are_served));
        for (std::size_t i = 0; i < most_logins; ++i)
            clients[i].send(post(issue_path, administrator));
        for (std::size_t i = 0; i < most_logins; ++i)
            check_ok(clients[i].receive());
    }

private:
    std::vector<std::string> arguments(std::vector<std::string> all) const
    {
        for (auto const option :
             {"--server.workers=1", "--login.failure-time=0ms", "--login.blocking-threads=1",
              "--login.blocking-queue=4", "--backend.crm-staff.max-in-flight=4", "--backend.crm-staff.max-queued=0",
              "--server.allow-loose-modes=yes", "--http.idle-timeout=10m"})
            all.emplace_back(option);
        all.push_back("--server.max-connections=" + std::to_string(most_connections));
        all.push_back("--server.network-connections=" + std::to_string(most_connections));
        all.push_back("--tokens.file=" + (folder_ / "tokens").string());
        return all;
    }

    temporary_folder folder_;
    failing_memory memory_{folder_ / "fault"};
    daemon_process tokend_;
};

// Returns nothing if the connection ended without an answer.
std::optional<answer> try_to_ask(std::string const& address, std::string_view request)
{
    raw_client client{address};
    client.send(request);
    return client.receive_or_end();
}

std::size_t count_sessions(std::string const& address, std::string const& token)
{
    return check_ok(ask(address, post("/authentication/sessions", token_body(token, R"("limit":1000)"))))
        .at("sessions")
        .as_array()
        .size();
}

// A new token, as soon as there can be one: the tokens file is tried again after a moment.
std::string issue_soon(std::string const& address, std::string_view login = administrator)
{
    answer a;
    BOOST_TEST_REQUIRE(eventually([&] { return (a = ask(address, post(issue_path, login))).status == 200; }), a.body);
    return std::string{check_ok(a).at("token").as_string()};
}

void release(std::string const& address, std::string const& token)
{
    check_ok(ask(address, post(release_path, token_body(token))));
}

constexpr std::string_view second_user = R"({"username":"leaver","password":"1234","organisation":"CRMDEMO"})";

// The demonstration with a second user, and the same with neither that user nor ACME.
class changing_configuration
{
public:
    changing_configuration() { write_all(); }
    std::filesystem::path path() const { return folder_ / "tokend.conf"; }
    void write_all() const
    {
        folder_.write("staff.users", "leaver" + rest_of_line_ + "mpadministrator" + rest_of_line_);
        folder_.write("tokend.conf", common_ + acme_);
    }
    void write_less() const
    {
        folder_.write("staff.users", "mpadministrator" + rest_of_line_);
        folder_.write("tokend.conf", common_);
    }

private:
    static std::string rest_of_administrator()
    {
        std::ifstream in{demonstration().parent_path() / "crmdemo.users"};
        std::string const name = "mpadministrator";
        for (std::string line; std::getline(in, line);)
            if (line.starts_with(name + ':'))
                return line.substr(name.size()) + '\n';
        throw std::runtime_error{"the demonstration has no administrator"};
    }

    temporary_folder folder_;
    std::string data_ = demonstration().parent_path().string();
    std::string rest_of_line_ = rest_of_administrator();
    std::string common_ = "[backend.crm-staff]\nplugin = file\nusers = staff.users\n[organisation.CRMDEMO]\n"
                          "backends = crm-staff\n";
    std::string acme_ = "[backend.acme-staff]\nplugin = file\nusers = " + data_ +
                        "/acme.users\n[organisation.ACME]\n"
                        "backends = acme-staff\n";
};

// Without memory the answer is an error, or there is none.
bool is_without_memory(std::optional<answer> const& a) { return !a || a->status == 500 || a->status == 503; }

}  // namespace

BOOST_AUTO_TEST_SUITE(memory_)

BOOST_AUTO_TEST_CASE(a_login_without_memory_is_an_error_and_leaves_no_token_and_takes_no_place)
{
    starved_daemon d;
    auto const descriptors = d.daemon().descriptors();
    auto const starve = [&](std::string_view thread, std::string_view login) {
        auto const token = issue_token(d.address(), login);
        auto issued = count_sessions(d.address(), token);
        auto const attempt = [&] {
            auto const a = try_to_ask(d.address(), post(issue_path, login));
            if (is_without_memory(a))
                return;
            check_ok(*a);
            ++issued;
        };
        d.starve(thread, attempt, [&] {
            BOOST_TEST(count_sessions(d.address(), token) == issued);
            release(d.address(), issue_soon(d.address(), login));
        });
    };
    starve("hash", administrator);
    for (auto const thread : {"worker-0", "tokend", ""})
        for (auto const login : {administrator, code_login})
            BOOST_TEST_CONTEXT(login) { starve(thread, login); }
    d.check_bounds();
    BOOST_TEST(d.daemon().comes_back_to(descriptors));
    d.daemon().stop();
}

BOOST_AUTO_TEST_CASE(a_validation_without_memory_is_right_or_an_error)
{
    starved_daemon d;
    auto const descriptors = d.daemon().descriptors();
    auto const token = issue_token(d.address());
    for (auto const thread : {"worker-0", "tokend", ""})
    {
        auto const attempt = [&] {
            for (std::string_view const t : {std::string_view{token}, unknown_token})
                if (auto const a = try_to_ask(d.address(), post(validate_path, token_body(t))); !is_without_memory(a))
                    BOOST_TEST(check_ok(*a).at("active").as_bool() == (t == token));
        };
        d.starve(thread, attempt, [&] { BOOST_TEST(is_active(d.address(), token)); });
    }
    BOOST_TEST(count_sessions(d.address(), token) == 1U);
    d.check_bounds();
    BOOST_TEST(d.daemon().comes_back_to(descriptors));
}

BOOST_AUTO_TEST_CASE(a_release_without_memory_is_done_or_an_error)
{
    starved_daemon d;
    auto const descriptors = d.daemon().descriptors();
    auto const other = issue_token(d.address());
    for (auto const thread : {"worker-0", "tokend", ""})
    {
        auto token = issue_token(d.address());
        bool released = false;
        auto const attempt = [&] {
            auto const a = try_to_ask(d.address(), post(release_path, token_body(token)));
            released = !is_without_memory(a);
            if (released)
                check_ok(*a);
        };
        d.starve(thread, attempt, [&] {
            if (released)
                BOOST_TEST(!is_active(d.address(), token));
            auto const next = issue_soon(d.address());
            release(d.address(), token);
            BOOST_TEST(!is_active(d.address(), token));
            token = next;
            BOOST_TEST(count_sessions(d.address(), other) == 2U);
        });
        release(d.address(), token);
    }
    d.check_bounds();
    BOOST_TEST(d.daemon().comes_back_to(descriptors));
}

BOOST_AUTO_TEST_CASE(an_audit_log_without_memory_loses_no_record)
{
    temporary_folder const folder;
    auto const audit_log = folder / "audit.log";
    starved_daemon d{demonstration(), {"--audit.to=file", "--audit.file=" + audit_log.string()}};
    auto const records = [&] {
        std::ifstream in{audit_log};
        std::string const text{std::istreambuf_iterator<char>{in}, {}};
        return count(text, R"("event":"issue")");
    };
    std::size_t issued = 0;
    auto const attempt = [&] {
        issue_token(d.address(), code_login);
        ++issued;
        BOOST_TEST(eventually([&] { return d.memory().has_failed() || records() == issued; }));
    };
    d.starve("audit", attempt, [&] { BOOST_TEST(eventually([&] { return records() == issued; })); });
    d.daemon().stop();
}

// Each time an organisation and a user are left out, and their tokens must end.
BOOST_AUTO_TEST_CASE(a_reload_without_memory_is_done_whole_or_not_at_all)
{
    changing_configuration const files;
    starved_daemon d{files.path()};
    auto& tokend = d.daemon();
    auto const descriptors = tokend.descriptors();
    std::size_t mark = 0;
    auto const reload = [&] {
        mark = tokend.log().size();
        tokend.signal(SIGHUP);
    };
    auto const is_refused = [&] { return tokend.log(mark).find("is not reloaded") != std::string::npos; };
    auto const is_reloaded = [&] { return tokend.log(mark).find(R"("reloaded")") != std::string::npos; };
    auto const is_done = [&] { return ask(d.address(), post(issue_path, acme_administrator)).status == 401; };
    std::string acme;
    std::string leaver;
    auto const begin = [&] {
        files.write_all();
        reload();
        BOOST_TEST_REQUIRE(eventually(is_reloaded));
        // What this reload still does must not do the work of the next one.
        BOOST_TEST(eventually([&] { return tokend.log(mark).find("are checked again") != std::string::npos; }));
        acme = issue_token(d.address(), acme_administrator);
        leaver = issue_token(d.address(), second_user);
        files.write_less();
    };
    std::optional<raw_client> client{d.address()};  // a new one would need memory of the thread that gets none
    auto const ends = [&](std::string const& token) {
        client->send(post(validate_path, token_body(token)));
        return !check_ok(client->receive()).at("active").as_bool();
    };
    auto const attempt = [&] {
        reload();
        BOOST_TEST(eventually(
            [&] { return d.memory().has_failed() || is_refused() || (is_reloaded() && ends(acme) && ends(leaver)); }));
    };
    constexpr std::string_view preparing = "reload";  // touches nothing until it is done
    for (auto const thread : {std::string_view{"tokend"}, preparing})
    {
        begin();
        auto const check = [&] {
            bool done = false;
            BOOST_TEST(eventually([&] { return (done = is_done()) || is_refused(); }));
            BOOST_TEST((done || is_active(d.address(), acme)));
            if (!done)
                return;
            BOOST_TEST(eventually([&] { return !is_active(d.address(), acme); }));
            BOOST_TEST(eventually([&] { return !is_active(d.address(), leaver); }));
            begin();
        };
        d.starve(thread, attempt, check, thread == preparing ? 29 : 1);
    }
    client.reset();
    d.check_bounds();
    BOOST_TEST(tokend.comes_back_to(descriptors));
    tokend.stop();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test
