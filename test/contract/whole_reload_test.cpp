// The reload of the whole configuration on SIGHUP: listeners, backends and organisations change as one, or not at all.
#include "contract/contract.hpp"
#include "support/bytes_of.hpp"
#include "support/count.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <optional>
#include <string>
#include <system_error>

using namespace tokend::test;

namespace {

constexpr std::string_view staff = "[backend.staff]\nplugin = file\nusers = staff.users\ncheck-interval = 1h\n";
constexpr std::string_view crmdemo = "[organisation.CRMDEMO]\nbackends = staff\n";
constexpr std::string_view acme = "[organisation.ACME]\nbackends = staff\n";
constexpr std::string_view at_acme = R"({"username":"mpadministrator","password":"1234","organisation":"ACME"})";

// A running tokend, and its configuration.
class reloaded
{
public:
    explicit reloaded(std::string const& text, std::filesystem::path plugins = {})
        : users_{bytes_of(demonstration().parent_path() / "crmdemo.users")}
    {
        write_users(users_);
        auto const file = folder_.write("tokend.conf", text);
        tokend_.emplace(daemon_options{
            .configuration = file, .arguments = {"--login.failure-time=0ms"}, .plugins = std::move(plugins)});
    }

    void write(std::string const& text) const { folder_.write("tokend.conf", text); }
    void write_users(std::string const& text) const { folder_.write("staff.users", text); }
    std::string const& users() const noexcept { return users_; }
    std::string path(std::string_view name) const { return (folder_ / name).string(); }

    // Sends the signal and waits for what comes of it. Returns true if the configuration is in force.
    bool reload() const
    {
        auto const before = results();
        tokend_->signal(SIGHUP);
        BOOST_TEST(eventually([&] { return results() != before; }));
        return results().first > before.first;
    }
    bool reload(std::string const& text) const
    {
        write(text);
        return reload();
    }

    daemon_process& tokend() { return *tokend_; }
    std::string const& address() const { return tokend_->address(); }
    int login(std::string_view body) const { return ask(address(), post(issue_path, body)).status; }

private:
    std::pair<std::size_t, std::size_t> results() const
    {
        auto const log = tokend_->log();
        return {count(log, R"("reloaded")"), count(log, "is not reloaded")};
    }

    temporary_folder folder_;
    std::string users_;
    std::optional<daemon_process> tokend_;
};

bool is_open(std::string const& address)
try
{
    return ask(address, get_health).status == 200;
}
catch (std::system_error const&)
{
    return false;
}

std::string with(std::initializer_list<std::string_view> parts)
{
    std::string all;
    for (auto const part : parts)
        all += part;
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(whole_reload_)

BOOST_AUTO_TEST_CASE(listeners_come_and_go)
{
    reloaded r{with({staff, crmdemo})};
    auto const unix_address = "unix:" + r.path("local.sock");
    auto const more = with({"[listen.local]\naddress = ", unix_address, "\nunix-mode = 0600\n", staff, crmdemo});
    BOOST_TEST(!is_open(unix_address));
    BOOST_TEST(r.reload(more));
    BOOST_TEST(is_open(unix_address));
    BOOST_TEST(is_open(r.address()));

    raw_client stays{r.address()};
    raw_client goes{unix_address};
    for (auto* const client : {&stays, &goes})
    {
        client->send(get_health);
        BOOST_TEST(client->receive().status == 200);
    }
    BOOST_TEST(r.reload(with({staff, crmdemo})));
    BOOST_TEST(!is_open(unix_address));
    BOOST_TEST(!std::filesystem::exists(r.path("local.sock")));
    BOOST_TEST(!goes.receive_or_end());
    stays.send(get_health);
    BOOST_TEST(stays.receive().status == 200);
}

BOOST_AUTO_TEST_CASE(a_listener_that_serves_something_else_lets_its_connections_end)
{
    reloaded r{with({staff, crmdemo})};
    auto const unix_address = "unix:" + r.path("local.sock");
    auto const serving = [&](std::string_view what) {
        return with({"[listen.local]\naddress = ", unix_address, "\nserve = ", what, "\n", staff, crmdemo});
    };
    BOOST_TEST(r.reload(serving("public")));
    raw_client client{unix_address};
    client.send(get("/readyz"));
    BOOST_TEST(client.receive().body == R"({"ready":true})");
    BOOST_TEST(r.reload(serving("admin")));
    BOOST_TEST(!client.receive_or_end());
    BOOST_TEST(ask(unix_address, get("/readyz")).body == R"({"ready":true,"checks":{"staff":"ok"}})");
    BOOST_TEST(ask(unix_address, post(validate_path, token_body(unknown_token))).status == 404);
}

BOOST_AUTO_TEST_CASE(organisations_come_and_their_tokens_go_with_them)
{
    reloaded r{with({staff, crmdemo})};
    auto const kept = issue_token(r.address());
    BOOST_TEST(r.login(at_acme) == 401);
    BOOST_TEST(r.reload(with({staff, crmdemo, acme})));
    auto const ended = issue_token(r.address(), at_acme);
    BOOST_TEST(r.reload(with({staff, crmdemo})));
    BOOST_TEST(r.login(at_acme) == 401);
    BOOST_TEST(eventually([&] { return !is_active(r.address(), ended); }));
    BOOST_TEST(is_active(r.address(), kept));
}

BOOST_AUTO_TEST_CASE(the_tokens_of_a_backend_that_is_left_out_end)
{
    constexpr std::string_view second = "[backend.second]\nplugin = file\nusers = staff.users\n";
    reloaded r{with({staff, second, "[organisation.CRMDEMO]\nbackends = staff, second\n"})};
    auto const token = issue_token(r.address());
    BOOST_TEST(r.reload(with({staff, second, "[organisation.CRMDEMO]\nbackends = second\n"})));
    BOOST_TEST(eventually([&] { return !is_active(r.address(), token); }));
}

BOOST_AUTO_TEST_CASE(a_mistake_keeps_all_that_was_and_is_named_with_its_line)
{
    reloaded r{with({staff, crmdemo})};
    auto const token = issue_token(r.address());
    auto const unix_address = "unix:" + r.path("local.sock");
    auto const more = with({"[listen.local]\naddress = ", unix_address, "\n", staff, crmdemo, acme});
    BOOST_TEST(!r.reload(more + "backends = nobody\n"));
    BOOST_TEST(r.tokend().logs("tokend.conf:11: 'backends' of [organisation.ACME] is set already in line 10"));
    BOOST_TEST(!r.reload(more + "[organisation.X]\nbackends = nobody\n"));
    BOOST_TEST(r.tokend().logs("tokend.conf:12: there is no [backend.nobody]"));
    BOOST_TEST(!r.reload("[server]\nworkers = 7\n" + more));
    BOOST_TEST(r.tokend().logs("tokend.conf:2: server.workers changes from 0 to 7, which needs a restart"));
    BOOST_TEST(!is_open(unix_address));
    BOOST_TEST(r.login(at_acme) == 401);
    BOOST_TEST(is_active(r.address(), token));
    BOOST_TEST(r.reload(more));
    BOOST_TEST(is_open(unix_address));
    BOOST_TEST(r.login(at_acme) == 200);
}

BOOST_AUTO_TEST_CASE(a_broken_file_of_a_backend_refuses_the_whole)
{
    reloaded r{with({staff, crmdemo})};
    r.write_users(r.users() + "a line that is none\n");
    BOOST_TEST(!r.reload(with({staff, crmdemo, acme})));
    BOOST_TEST(r.login(at_acme) == 401);
    BOOST_TEST(r.login(administrator) == 200);
    r.write_users(r.users());
    BOOST_TEST(r.reload());
    BOOST_TEST(r.login(at_acme) == 200);
}

BOOST_AUTO_TEST_CASE(an_address_that_is_taken_refuses_the_whole)
{
    reloaded r{with({staff, crmdemo})};
    daemon_process const other{{demonstration(), {}}};
    auto const unix_address = "unix:" + r.path("local.sock");
    BOOST_TEST(!r.reload(with({"[listen.local]\naddress = ", unix_address,
                               "\n[listen.taken]\naddress = ", other.address(), "\n", staff, crmdemo, acme})));
    BOOST_TEST(r.tokend().logs("tokend.conf:4: cannot listen on " + other.address()));
    BOOST_TEST(!is_open(unix_address));
    BOOST_TEST(!std::filesystem::exists(r.path("local.sock")));
    BOOST_TEST(r.login(at_acme) == 401);
    BOOST_TEST(r.login(administrator) == 200);
}

BOOST_AUTO_TEST_CASE(a_running_login_is_finished_by_the_backend_that_it_asked)
{
    temporary_folder const folder;
    auto const gate = (folder / "gate").string();
    auto const slow = with({"[backend.slow]\nplugin = answers_late\ndeadline = 30s\ngate = ", gate, "\n"});
    auto const before = with({slow, "[organisation.slow]\nbackends = slow\n"});
    reloaded r{before, fake_plugins()};
    raw_client client{r.address()};
    client.send(post(issue_path, R"({"username":"u","password":"p","organisation":"slow"})"));
    BOOST_TEST(r.tokend().logs("kept a question"));
    BOOST_TEST(r.reload(with({slow, "[organisation.other]\nbackends = slow\n"})));
    folder.write("gate", "");
    auto const data = check_ok(client.receive());
    // Its organisation is gone, so that the token does not live long.
    BOOST_TEST(eventually([&] { return !is_active(r.address(), std::string{data.at("token").as_string()}); }));
}

BOOST_AUTO_TEST_CASE(a_user_who_is_gone_from_the_file_of_a_new_backend_has_no_tokens)
{
    reloaded r{with({staff, crmdemo})};
    auto const token = issue_token(r.address());
    r.write_users("somebody:" + r.users().substr(r.users().find('$')));
    r.write(with({staff, crmdemo, acme}));
    r.tokend().signal(SIGHUP);
    BOOST_TEST(eventually([&] { return !is_active(r.address(), token); }));
}

BOOST_AUTO_TEST_CASE(new_tokens_live_by_the_new_rules_and_old_ones_keep_their_end)
{
    reloaded r{with({"[tokens]\nlifetime = 2h\n", staff, crmdemo})};
    auto const left = [&](std::string const& token) {
        auto const data = check_ok(ask(r.address(), post(validate_path, token_body(token))));
        return data.at("expires_in").to_number<int>();
    };
    auto const old = issue_token(r.address());
    BOOST_TEST(r.reload(with({"[tokens]\nlifetime = 10m\n", staff, crmdemo})));
    BOOST_TEST(left(issue_token(r.address())) <= 600);
    BOOST_TEST(left(old) > 6000);
}

BOOST_AUTO_TEST_CASE(a_flood_of_one_listener_takes_no_connection_from_another)
{
    reloaded r{with({staff, crmdemo})};
    auto const unix_address = "unix:" + r.path("local.sock");
    BOOST_TEST(r.reload(with({"[listen.local]\naddress = ", unix_address, "\nmax-connections = 2\n", staff, crmdemo})));
    raw_client const first{unix_address};
    raw_client const second{unix_address};
    BOOST_TEST(eventually([&] { return ask(unix_address, get_health).status == 503; }));
    BOOST_TEST(ask(r.address(), get_health).status == 200);
}

BOOST_AUTO_TEST_CASE(the_last_of_many_signals_counts)
{
    reloaded r{with({staff, crmdemo})};
    for (int i = 0; i < 20; ++i)
    {
        r.write(with({staff, crmdemo, i % 2 == 0 ? acme : ""}));
        r.tokend().signal(SIGHUP);
    }
    r.write(with({staff, crmdemo, acme}));
    r.tokend().signal(SIGHUP);
    BOOST_TEST(eventually([&] { return r.login(at_acme) == 200; }));
    BOOST_TEST(r.login(administrator) == 200);
}

BOOST_AUTO_TEST_SUITE_END()
