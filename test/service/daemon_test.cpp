// The real tokend and a service manager that is this test.
#include "support/daemon.hpp"

#include "support/datagram_socket.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

using namespace tokend::test;

namespace {

// Sets variables of the environment for as long as it lives.
class environment
{
public:
    environment(std::string name, std::string const& value) : name_{std::move(name)}
    {
        ::setenv(name_.c_str(), value.c_str(), 1);
    }
    ~environment() { ::unsetenv(name_.c_str()); }
    environment(environment const&) = delete;

private:
    std::string const name_;
};

// Returns the next datagram that begins so; empty if none comes.
std::string next(datagram_socket const& manager, std::string_view begin)
{
    std::string message;
    bool const came = eventually([&] { return (message = manager.receive()).starts_with(begin); });
    return came ? message : std::string{};
}

// A configuration with one backend, whose key is a credential.
std::filesystem::path with_credential(temporary_folder const& folder)
{
    auto const demo = demonstration().parent_path();
    std::filesystem::copy_file(demo / "access_tokens", folder / "access_tokens");
    return folder.write("tokend.conf", "[backend.codes]\nplugin = access_token\ntable = access_tokens\n"
                                       "key-file = credential:key\n[organisation.CRMDEMO]\nbackends = codes\n");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(daemon_as_a_service)

BOOST_AUTO_TEST_CASE(the_manager_learns_of_the_start_each_reload_and_the_stop)
{
    temporary_folder const folder;
    datagram_socket const manager{folder / "notify"};
    environment const socket{"NOTIFY_SOCKET", manager.path()};
    daemon_process tokend{{.configuration = demonstration()}};
    BOOST_TEST(next(manager, "READY=1") == "READY=1\nSTATUS=0 live tokens, listening on public " + tokend.address());
    for (int reload = 0; reload < 2; ++reload)
    {
        tokend.signal(SIGHUP);
        BOOST_TEST(next(manager, "RELOADING=1").starts_with("RELOADING=1\nMONOTONIC_USEC="));
        BOOST_TEST(next(manager, "READY=1") == "READY=1");
    }
    tokend.stop();
    BOOST_TEST(next(manager, "STOPPING=1") == "STOPPING=1\nSTATUS=stopping\nEXTEND_TIMEOUT_USEC=5300000");
}

BOOST_AUTO_TEST_CASE(the_watchdog_is_fed_while_all_loops_turn)
{
    temporary_folder const folder;
    datagram_socket const manager{folder / "notify"};
    environment const socket{"NOTIFY_SOCKET", manager.path()};
    environment const time{"WATCHDOG_USEC", "200000"};
    daemon_process const tokend{{.configuration = demonstration()}};
    for (int feeding = 0; feeding < 3; ++feeding)
        BOOST_TEST(next(manager, "WATCHDOG=1") == "WATCHDOG=1");
}

BOOST_AUTO_TEST_CASE(the_address_is_a_line_of_the_log_too)
{
    daemon_process const tokend{{.configuration = demonstration()}};
    BOOST_TEST(tokend.logs(R"("msg":"listening","listener":"public","address":")" + tokend.address() + "\"}"));
}

BOOST_AUTO_TEST_CASE(the_organisation_of_a_login_is_a_field_of_its_own)
{
    daemon_process const tokend{{.configuration = demonstration()}};
    raw_client client{tokend.address()};
    constexpr std::string_view login = R"({"username":"mpadministrator","password":"1234","organisation":"crmdemo"})";
    client.send("POST /authentication/token HTTP/1.1\r\nHost: tokend\r\nContent-Type: application/json\r\n"
                "Content-Length: " +
                std::to_string(login.size()) + "\r\n\r\n" + std::string{login});
    BOOST_TEST(client.receive().status == 200);
    BOOST_TEST(tokend.logs(R"("organisation":"CRMDEMO","user":"mpadministrator")"));
}

BOOST_AUTO_TEST_CASE(a_socket_that_nobody_passed_is_refused_by_name_at_the_start_and_not_at_a_check)
{
    daemon_options options{.configuration = demonstration(), .address = "fd:public"};
    auto const started = start_in_vain(options);
    BOOST_TEST(started.status == 78);
    BOOST_TEST(started.log.find("fd:public was not passed to tokend; no socket was") != std::string::npos, started.log);
    options.arguments = {"--check"};
    auto const checked = start_in_vain(options);
    BOOST_TEST(checked.status == 0);
    BOOST_TEST(checked.log.find("fd:public") == std::string::npos, checked.log);
}

BOOST_AUTO_TEST_CASE(a_check_goes_without_a_credential_that_only_the_service_can_read)
{
    temporary_folder const folder;
    daemon_options const options{.configuration = with_credential(folder), .arguments = {"--check"}};
    auto const checked = start_in_vain(options);
    BOOST_TEST(checked.status == 0);
    BOOST_TEST(checked.log.find("tokend.conf:4: key-file = credential:key cannot be read here") != std::string::npos,
               checked.log);

    environment const none{"CREDENTIALS_DIRECTORY", folder.path().string()};
    auto const absent = start_in_vain(options);
    BOOST_TEST(absent.status == 78);
    BOOST_TEST(absent.log.find("key cannot be read: No such file or directory") != std::string::npos, absent.log);

    folder.write("key", "short\n");
    BOOST_TEST(start_in_vain(options).status == 78);
    std::filesystem::copy_file(demonstration().parent_path() / "access_tokens.key", folder / "key",
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::permissions(folder / "key", std::filesystem::perms::owner_read);
    auto const good = start_in_vain(options);
    BOOST_TEST(good.status == 0, good.log);
    BOOST_TEST(good.log.find("cannot be read") == std::string::npos, good.log);
}

BOOST_AUTO_TEST_CASE(a_start_needs_the_credential)
{
    temporary_folder const folder;
    auto const started = start_in_vain({.configuration = with_credential(folder)});
    BOOST_TEST(started.status == 78);
    BOOST_TEST(started.log.find("CREDENTIALS_DIRECTORY is not set") != std::string::npos, started.log);
}

BOOST_AUTO_TEST_SUITE_END()
