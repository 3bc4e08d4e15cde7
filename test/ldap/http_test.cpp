// The whole of it: tokend with the plugin in front of slapd, asked over HTTP.
#include "http/contract.hpp"
#include "ldap/people.hpp"
#include "ldap/slapd.hpp"
#include "support/daemon.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <map>

using namespace tokend::test;

namespace {

struct world
{
    temporary_folder folder{};

    std::string backend(std::string_view uri, std::string_view more = {}) const
    {
        folder.write("password", std::string{service_password} + "\n");
        return "[backend.corp]\nplugin = ldap\nuris = " + std::string{uri} +
               "\nstart-tls = no\ntls-ca = " + slapd::shared().file("ca.pem") +
               "\nbind-dn = " + std::string{service_dn} +
               "\nbind-password-file = password\nuser-base = " + std::string{people_base} +
               "\ngroup-units = north -> N\nretry-first = 50ms\nretry-last = 200ms\n" + std::string{more} +
               "[organisation.CORP]\nbackends = corp\n";
    }
    daemon_options options(std::string const& configuration) const
    {
        return {.configuration = folder.write("tokend.conf", configuration), .arguments = {"--login.failure-time=0ms"}};
    }
};

std::string login(std::string_view user, std::string_view password)
{
    auto text = R"({"organisation":"CORP","username":)" + boost::json::serialize(boost::json::value(user));
    return text + R"(,"password":)" + boost::json::serialize(boost::json::value(password)) + '}';
}

answer log_in(daemon_process const& tokend, std::string_view user, std::string_view password)
{
    return ask(tokend.address(), post(issue_path, login(user, password)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_)

BOOST_AUTO_TEST_CASE(a_user_of_the_directory_gets_a_token)
{
    world const w;
    daemon_process const tokend{w.options(w.backend(slapd::shared().tls_uri()))};
    auto const token = check_ok(log_in(tokend, "ANNA", password_of("anna"))).at("token");
    auto const who = check_ok(ask(tokend.address(), post(validate_path, token_body(token.as_string()))));
    BOOST_TEST(who.at("username").as_string() == "anna");
    BOOST_TEST(who.at("unit").as_string() == "N");
    for (auto const& name : special_names())
        check_ok(log_in(tokend, name, password_of(name)));
}

// Outside all are alike; the log alone tells why.
BOOST_AUTO_TEST_CASE(every_refused_state_has_one_answer_and_a_reason_of_its_own_in_the_log)
{
    world const w;
    daemon_process const tokend{w.options(w.backend(slapd::shared().tls_uri()))};
    std::map<std::string, std::string> const reasons{{"anna", "wrong password"},
                                                     {"nobody", "no entry matches"},
                                                     {"locked", "the account is locked (password policy)"},
                                                     {"reset", "must be changed"},
                                                     {"old", "the password is expired"},
                                                     {"off", "disabled (userAccountControl)"},
                                                     {"inactive", "(nsAccountLock)"},
                                                     {"over", "expired (accountExpires)"},
                                                     {"stray", "no unit for"}};
    for (auto const& [user, reason] : reasons)
    {
        check_error(log_in(tokend, user, user == "anna" ? "wrong" : password_of(user)), 401, "INVALID_CREDENTIALS");
        BOOST_TEST(tokend.logs(reason), user << " in " << tokend.log());
    }
    auto const log = tokend.log();
    for (auto const& secret : {std::string{"secret of"}, std::string{service_password}})
        BOOST_TEST(log.find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_outage_is_503_and_a_restart_of_the_directory_is_enough)
{
    world const w;
    auto& server = slapd::shared();
    daemon_process const tokend{w.options(w.backend(server.tls_uri()))};
    check_ok(log_in(tokend, "anna", password_of("anna")));
    server.kill();
    for (auto const& password : {password_of("anna"), std::string{"wrong"}})
        check_error(log_in(tokend, "anna", password), 503, "BACKEND_UNAVAILABLE");
    BOOST_TEST(tokend.log().find("bad secret") == std::string::npos);
    BOOST_TEST(tokend.logs(" is down: "));
    server.restart();
    BOOST_TEST(eventually([&] { return log_in(tokend, "anna", password_of("anna")).status == 200; }));
}

BOOST_AUTO_TEST_CASE(five_hundred_logins_at_a_stopped_directory_are_all_answered_503)
{
    world const w;
    auto& server = slapd::shared();
    daemon_process const tokend{w.options(w.backend(server.tls_uri(), "deadline = 1s\n"))};
    check_ok(log_in(tokend, "anna", password_of("anna")));
    server.kill();
    std::vector<raw_client> clients;
    for (int i = 0; i < 500; ++i)
        clients.emplace_back(tokend.address()).send(post(issue_path, login("anna", password_of("anna"))));
    for (auto& client : clients)
        BOOST_TEST(client.receive().status == 503);
    server.restart();
    BOOST_TEST(eventually([&] { return log_in(tokend, "anna", password_of("anna")).status == 200; }));
}

BOOST_AUTO_TEST_CASE(tokend_starts_without_the_directory_and_says_so)
{
    world const w;
    auto const uri = "ldaps://127.0.0.1:" + std::to_string(free_port());
    daemon_process const tokend{w.options(w.backend(uri))};
    BOOST_TEST(tokend.logs(uri + " is down: connect: Connection refused"));
    check_error(log_in(tokend, "anna", password_of("anna")), 503, "BACKEND_UNAVAILABLE");
}

BOOST_AUTO_TEST_CASE(a_wrong_option_is_one_line_with_its_place)
{
    world const w;
    auto const line_of = [&](std::string_view more) {
        auto const got = start_in_vain(w.options(w.backend(slapd::shared().tls_uri(), more)));
        BOOST_TEST(got.status == 78);
        BOOST_TEST(std::count(got.log.begin(), got.log.end(), '\n') == 1, got.log);
        return got.log;
    };
    BOOST_TEST(line_of("bnid-queue = 3\n").find("tokend.conf:12: the plugin has no option 'bnid-queue'") !=
               std::string::npos);
    BOOST_TEST(line_of("mode = bind\n").find("[backend.corp] mode: 'bind', one of search, template, upn was meant") !=
               std::string::npos);
    auto const options = w.options(w.backend(slapd::shared().tls_uri()));
    std::filesystem::remove(w.folder / "password");
    auto const got = start_in_vain(options);
    BOOST_TEST(got.log.find("tokend.conf:7: bind-password-file: ") != std::string::npos, got.log);
    BOOST_TEST(got.log.find("cannot be read") != std::string::npos, got.log);
}

BOOST_AUTO_TEST_SUITE_END()
