// The whole of it: tokend with the plugin in front of slapd, asked over HTTP.
#include "ldap/http_rig.hpp"
#include "ldap/people.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

using namespace tokend::test;

BOOST_AUTO_TEST_SUITE(http_)

BOOST_AUTO_TEST_CASE(a_user_of_the_directory_gets_a_token)
{
    corp const w;
    daemon_process const tokend{w.options(w.backend(slapd::shared().tls_uri()))};
    auto const token = check_ok(log_in(tokend, "ANNA", password_of("anna"))).at("token");
    auto const who = check_ok(ask(tokend.address(), post(validate_path, token_body(token.as_string()))));
    BOOST_TEST(who.at("username").as_string() == "anna");
    BOOST_TEST(who.at("unit").as_string() == "N");
    for (auto const& name : special_names())
        check_ok(log_in(tokend, name));
}

// Outside all are alike; the log alone tells why.
BOOST_AUTO_TEST_CASE(every_refused_state_has_one_answer_and_a_reason_of_its_own_in_the_log)
{
    corp const w;
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
    corp const w;
    auto& server = slapd::shared();
    daemon_process const tokend{w.options(w.backend(server.tls_uri()))};
    check_ok(log_in(tokend, "anna"));
    server.kill();
    for (auto const& password : {password_of("anna"), std::string{"wrong"}})
        check_error(log_in(tokend, "anna", password), 503, "BACKEND_UNAVAILABLE");
    BOOST_TEST(tokend.log().find("bad secret") == std::string::npos);
    BOOST_TEST(tokend.logs(" is down: "));
    server.restart();
    BOOST_TEST(eventually([&] { return log_in(tokend, "anna").status == 200; }));
}

BOOST_AUTO_TEST_CASE(tokend_starts_without_the_directory_and_says_so)
{
    corp const w;
    auto const uri = "ldaps://127.0.0.1:" + std::to_string(free_port());
    daemon_process const tokend{w.options(w.backend(uri))};
    BOOST_TEST(tokend.logs(uri + " is down: connect: Connection refused"));
    check_error(log_in(tokend, "anna"), 503, "BACKEND_UNAVAILABLE");
}

BOOST_AUTO_TEST_CASE(a_wrong_option_is_one_line_with_its_place)
{
    corp const w;
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
