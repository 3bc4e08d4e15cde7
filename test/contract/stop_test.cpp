// How tokend ends: in order, with all answers sent and no file left behind. And how it refuses to start.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

using namespace tokend::test;

namespace {

std::optional<raw_client> connect(std::string const& address)
{
    try
    {
        return raw_client{address};
    }
    catch (std::system_error const&)
    {
        return std::nullopt;
    }
}

constexpr std::string_view slow_login = R"({"username":"u","password":"p","organisation":"slow"})";

std::string slow_organisation(std::string const& gate)
{
    return "[backend.slow]\nplugin = answers_late\ndeadline = 30s\ngate = " + gate +
           "\n[organisation.slow]\nbackends = slow\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stop_)

BOOST_AUTO_TEST_CASE(both_signals_end_it)
{
    for (auto const signal : {SIGTERM, SIGINT})
    {
        daemon_process tokend{{demonstration(), {}}};
        BOOST_TEST(ask(tokend.address(), get_health).status == 200);
        tokend.stop(signal);
        BOOST_TEST(!connect(tokend.address()));
    }
}

BOOST_AUTO_TEST_CASE(idle_connections_do_not_hold_it_up)
{
    daemon_process tokend{{demonstration(), {}}};
    raw_client silent{tokend.address()};
    raw_client idle{tokend.address()};
    idle.send(get_health);
    BOOST_TEST(idle.receive().status == 200);
    raw_client half{tokend.address()};
    half.send("GET /healthz HT");
    tokend.stop();
    BOOST_TEST(!idle.receive_or_end());
}

// The gate opens only when tokend accepts no connection: then the daemon is certainly ending, and still owes the
// answer.
BOOST_AUTO_TEST_CASE(a_running_request_is_finished)
{
    temporary_folder const folder;
    auto const text = slow_organisation((folder / "gate").string());
    daemon_process tokend{{.configuration = folder.write("tokend.conf", text), .plugins = fake_plugins()}};
    raw_client client{tokend.address()};
    client.send(post(issue_path, slow_login));
    BOOST_TEST(tokend.logs("kept a question"));
    tokend.signal(SIGTERM);
    BOOST_TEST(eventually([&] { return !connect(tokend.address()); }));
    folder.write("gate", "");
    auto const a = client.receive();
    check_ok(a);
    BOOST_TEST(a.header("Connection") == "close");
    BOOST_TEST(!client.receive_or_end());
    tokend.check_stop();
}

BOOST_AUTO_TEST_CASE(during_the_drain_delay_it_serves_but_is_not_ready)
{
    daemon_process tokend{{demonstration(), {"--server.drain-delay=2s"}}};
    tokend.signal(SIGTERM);
    answer ready;
    BOOST_TEST(eventually([&] { return (ready = ask(tokend.address(), get("/readyz"))).status == 503; }));
    BOOST_TEST(!boost::json::parse(ready.body).at("ready").as_bool());
    BOOST_TEST(ready.count("Retry-After") == 1u);
    BOOST_TEST(ask(tokend.address(), get_health).status == 200);
    check_ok(ask(tokend.address(), post(issue_path, administrator)));
    tokend.check_stop();
}

BOOST_AUTO_TEST_CASE(a_unix_socket_serves_and_is_gone_afterwards)
{
    temporary_folder const folder;
    auto const path = folder / "public.sock";
    daemon_options options{demonstration(), {}};
    options.address = "unix:" + path.string();
    daemon_process tokend{options};
    BOOST_TEST(tokend.address() == options.address);
    BOOST_TEST(std::filesystem::is_socket(path));
    BOOST_TEST(is_active(tokend.address(), issue_token(tokend.address())));
    tokend.stop();
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(a_socket_that_another_process_has_put_in_its_place_stays)
{
    temporary_folder const folder;
    daemon_options options{demonstration(), {}};
    options.address = "unix:" + (folder / "public.sock").string();
    daemon_process first{options};
    std::filesystem::remove(folder / "public.sock");
    daemon_process const second{options};
    first.stop();
    BOOST_TEST(ask(second.address(), get_health).status == 200);
}

BOOST_AUTO_TEST_CASE(a_socket_that_a_dead_process_left_is_taken_over)
{
    temporary_folder const folder;
    daemon_options options{demonstration(), {}};
    options.address = "unix:" + (folder / "public.sock").string();
    {
        // A killed process cannot remove its files.
        process killed{TEST_TOKEND,
                       {"--config", demonstration().string(), "--server.allow-loose-modes=yes",
                        "--listen.public.address=" + options.address,
                        std::string{"--server.plugin-directory="} + TEST_PLUGINS}};
        BOOST_TEST(killed.read_line(within(std::chrono::seconds{15})).has_value());
        killed.signal(SIGKILL);
        BOOST_TEST(killed.wait(within(std::chrono::seconds{15})).value_or(0) == 128 + SIGKILL);
        BOOST_TEST(std::filesystem::exists(folder / "public.sock"));
    }
    daemon_process const tokend{options};
    BOOST_TEST(ask(tokend.address(), get_health).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(start_)

BOOST_AUTO_TEST_CASE(an_address_that_is_taken_ends_it_with_69)
{
    daemon_process const first{{demonstration(), {}}};
    daemon_options options{demonstration(), {}};
    options.address = first.address();
    auto const second = start_in_vain(options);
    BOOST_TEST(second.status == 69);  // EX_UNAVAILABLE of sysexits.h
    BOOST_TEST(second.log.find(first.address()) != std::string::npos, second.log);
    BOOST_TEST(ask(first.address(), get_health).status == 200);
}

BOOST_AUTO_TEST_CASE(plain_http_off_loopback_must_be_allowed_by_name)
{
    daemon_options options{demonstration(), {}};
    options.address = "0.0.0.0:0";
    auto const refused = start_in_vain(options);
    BOOST_TEST(refused.status == 78);
    BOOST_TEST(refused.log.find("allow-plain-http") != std::string::npos, refused.log);
    options.arguments = {"--listen.public.allow-plain-http=yes"};
    daemon_process const tokend{options};
    BOOST_TEST(tokend.address().starts_with("0.0.0.0:"));
}

BOOST_AUTO_TEST_CASE(localhost_has_both_of_its_addresses)
{
    daemon_options options{demonstration(), {}};
    options.address = "localhost:0";
    daemon_process const tokend{options};
    BOOST_TEST(tokend.address().starts_with("127.0.0.1:"));
    BOOST_TEST(ask(tokend.address(), get_health).status == 200);
}

BOOST_AUTO_TEST_CASE(a_check_warns_of_an_address_in_use_and_changes_nothing)
{
    daemon_process const running{{demonstration(), {}}};
    daemon_options options{demonstration(), {"--check"}};
    options.address = running.address();
    auto const checked = start_in_vain(options);
    BOOST_TEST(checked.status == 0);
    BOOST_TEST(checked.log.find("warning: cannot listen on " + running.address()) != std::string::npos, checked.log);

    temporary_folder const folder;
    options.address = "unix:" + (folder / "public.sock").string();
    auto const free = start_in_vain(options);
    BOOST_TEST(free.status == 0);
    BOOST_TEST(free.log.find("cannot listen") == std::string::npos, free.log);
    BOOST_TEST(!std::filesystem::exists(folder / "public.sock"));
    daemon_process const served{{.configuration = demonstration(), .address = options.address}};
    BOOST_TEST(start_in_vain(options).log.find("warning: cannot listen on unix:") != std::string::npos);
    BOOST_TEST(ask(served.address(), get_health).status == 200);
}

BOOST_AUTO_TEST_CASE(a_check_finds_what_a_start_would_fail_at)
{
    temporary_folder const folder;
    auto const fails = [](std::string argument, std::string const& what) {
        auto const checked = start_in_vain({demonstration(), {"--check", std::move(argument)}});
        BOOST_TEST(checked.status == 69);
        BOOST_TEST(checked.log.find(what) != std::string::npos, checked.log);
    };
    fails("--tokens.file=" + (folder / "none/tokens").string(), "cannot make it in");
    fails("--tokens.file=" + folder.path().string(), "it is not a regular file");
    fails("--listen.public.address=unix:" + (folder / "none/public.sock").string(), "cannot listen on unix:");
}

BOOST_AUTO_TEST_CASE(what_is_hardly_meant_is_a_warning_at_a_check_and_at_a_start)
{
    temporary_folder const folder;
    auto const empty = folder.write("tokend.conf", "");
    constexpr std::string_view warning = "no organisation is configured";
    auto const checked = start_in_vain({empty, {"--check"}});
    BOOST_TEST(checked.status == 0);
    BOOST_TEST(checked.log.find(warning) != std::string::npos, checked.log);
    daemon_process const tokend{{empty, {}}};
    BOOST_TEST(tokend.logs(warning));
}

BOOST_AUTO_TEST_CASE(a_bad_configuration_ends_it_with_78)
{
    temporary_folder const folder;
    BOOST_TEST(start_in_vain({folder / "none.conf", {}}).status == 78);
    auto const result = start_in_vain({folder.write("tokend.conf", "[server]\nworkers = many\n"), {}});
    BOOST_TEST(result.status == 78);
    BOOST_TEST(result.log.find("tokend.conf:2") != std::string::npos, result.log);
}

BOOST_AUTO_TEST_SUITE_END()
