// Guesses from one address, while the owner of the name is at another one.
#include "contract/contract.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <deque>
#include <string>
#include <vector>

namespace tokend::test {
namespace {

constexpr auto* attacker = "127.0.0.2";
constexpr auto* owner = "127.0.0.3";

daemon_options locking_out(std::vector<std::string> more = {})
{
    std::vector<std::string> arguments{"--login.lockout-failures=5", "--login.lockout-name-failures=50",
                                       "--login.failure-time=0ms"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return {.configuration = demonstration(), .arguments = arguments};
}

std::string login(std::string const& name, std::string const& password, std::string const& organisation = "CRMDEMO")
{
    return post(issue_path, R"({"username":")" + name + R"(","password":")" + password + R"(","organisation":")" +
                                organisation + "\"}");
}

std::string code_login(std::string const& code)
{
    return post(issue_path,
                R"({"access_token_identifier":{"authentication_code":")" + code + R"("},"organisation":"CRMDEMO"})");
}

answer ask_from(std::string const& own, daemon_process const& tokend, std::string const& request)
{
    raw_client client{tokend.address(), own};
    client.send(request);
    return client.receive();
}

// All that a client sees of an answer, but for what differs each time.
std::string seen(answer const& a)
{
    auto text = std::to_string(a.status) + '\n';
    for (auto const& [name, value] : a.headers)
        text += name + ": " + (name == "Date" || name == "X-Request-Id" ? "" : value) + '\n';
    return text + a.body;
}

void lock_out(daemon_process const& tokend, std::string const& name = "mpadministrator")
{
    for (int i = 0; i < 5; ++i)
        check_error(ask_from(attacker, tokend, login(name, "guess " + std::to_string(i))), 401, "INVALID_CREDENTIALS");
    check_error(ask_from(attacker, tokend, login(name, "guess")), 429, "TOO_MANY_ATTEMPTS");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lockout_)

BOOST_AUTO_TEST_CASE(an_attacker_locks_itself_out_and_not_the_owner_of_the_name)
{
    daemon_process const tokend{locking_out()};
    lock_out(tokend);
    auto const refused = ask_from(attacker, tokend, login("mpadministrator", "1234"));
    check_error(refused, 429, "TOO_MANY_ATTEMPTS");
    auto const seconds = std::stoi(refused.header("Retry-After"));
    BOOST_TEST((seconds > 840 && seconds <= 900));
    check_ok(ask_from(owner, tokend, login("mpadministrator", "1234")));
    check_ok(ask_from(attacker, tokend, login("mpadministrator", "other-secret", "ACME")));
    BOOST_TEST(tokend.logs("locked out for 900 s"));
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_is_answered_the_same_byte_for_byte)
{
    daemon_process const tokend{locking_out()};
    auto const guess_at = [&](std::string const& name, std::string const& organisation, int i) {
        return seen(ask_from(attacker, tokend, login(name, "guess " + std::to_string(i), organisation)));
    };
    for (int i = 0; i < 7; ++i)
    {
        auto const existing = guess_at("mpadministrator", "CRMDEMO", i);
        BOOST_TEST(guess_at("nobody-of-that-name", "CRMDEMO", i) == existing);
        BOOST_TEST(guess_at("mpadministrator", "NOWHERE", i) == existing);
    }
}

BOOST_AUTO_TEST_CASE(spellings_that_differ_in_case_and_blanks_count_as_one)
{
    daemon_process const tokend{locking_out()};
    for (auto const* const name :
         {"mpadministrator", "MPADMINISTRATOR", " mpadministrator", "mpAdministrator  ", "Mpadministrator"})
        check_error(ask_from(attacker, tokend, login(name, std::string{"guess of "} + name)), 401,
                    "INVALID_CREDENTIALS");
    check_error(ask_from(attacker, tokend, login("mpadministrator", "1234")), 429, "TOO_MANY_ATTEMPTS");
    check_error(ask_from(attacker, tokend, login("mpadministrator", "1234", "crmdemo")), 429, "TOO_MANY_ATTEMPTS");
}

BOOST_AUTO_TEST_CASE(codes_count_by_network_alone)
{
    daemon_process const tokend{locking_out()};
    for (int i = 0; i < 5; ++i)
    {
        check_error(ask_from(attacker, tokend, code_login("1000" + std::to_string(i))), 401, "INVALID_CREDENTIALS");
        check_ok(ask_from(owner, tokend, code_login("99123456")));
    }
    check_error(ask_from(attacker, tokend, code_login("99123456")), 429, "TOO_MANY_ATTEMPTS");
    check_ok(ask_from(owner, tokend, code_login("99123456")));
    check_ok(ask_from(attacker, tokend, login("mpadministrator", "1234")));
}

BOOST_AUTO_TEST_CASE(a_reload_forgets_nothing_and_brings_new_rules)
{
    temporary_folder const folder;
    std::string const sections =
        "[backend.staff]\nplugin = file\nusers = " + (demonstration().parent_path() / "crmdemo.users").string() +
        "\n[organisation.CRMDEMO]\nbackends = staff\n";
    auto options = locking_out({"--server.allow-loose-modes=yes"});
    options.configuration = folder.write("tokend.conf", sections);
    daemon_process const tokend{options};
    lock_out(tokend);
    folder.write("tokend.conf", sections + "lockout-failures = 2\n");
    tokend.signal(SIGHUP);
    BOOST_TEST(tokend.logs(R"("reloaded")"));
    check_error(ask_from(attacker, tokend, login("mpadministrator", "1234")), 429, "TOO_MANY_ATTEMPTS");
    for (int i = 0; i < 2; ++i)
        check_error(ask_from(owner, tokend, login("mpadministrator", std::to_string(i))), 401, "INVALID_CREDENTIALS");
    check_error(ask_from(owner, tokend, login("mpadministrator", "1234")), 429, "TOO_MANY_ATTEMPTS");
}

BOOST_AUTO_TEST_CASE(a_hundred_guesses_at_once_are_no_more_than_five)
{
    daemon_process const tokend{locking_out({"--login.failure-time=200ms"})};
    std::deque<raw_client> clients;
    for (int i = 0; i < 100; ++i)
    {
        clients.emplace_back(tokend.address(), attacker);
        clients.back().send(login("mpadministrator", "guess " + std::to_string(i)));
    }
    std::size_t denied = 0;
    for (auto& c : clients)
    {
        auto const status = c.receive().status;
        BOOST_TEST((status == 401 || status == 429));
        denied += status == 401 ? 1 : 0;
    }
    BOOST_TEST(denied == 5U);
    check_ok(ask_from(owner, tokend, login("mpadministrator", "1234")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tokend::test
