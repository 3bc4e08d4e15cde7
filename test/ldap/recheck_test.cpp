// The directory is asked again about users whose tokens are in use.
#include "ldap/http_rig.hpp"
#include "ldap/people.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::test;

namespace {

std::string issue(daemon_process const& tokend, std::string_view user)
{
    return issue_token(tokend.address(), login_body(user, password_of(user)));
}

bool is_revoked_by_use(daemon_process const& tokend, std::string const& token)
{
    return eventually([&] { return !is_active(tokend.address(), token); });
}

// Uses the token, which must stay valid, until the log has the text.
bool is_checked(daemon_process const& tokend, std::string const& token, std::string_view outcome)
{
    return eventually([&] {
        BOOST_TEST(is_active(tokend.address(), token));
        return tokend.log().find(outcome) != std::string::npos;
    });
}

daemon_options checking_each_second(corp const& w, slapd const& server)
{
    return w.options(w.backend(server.tls_uri(), "recheck-interval = 1s\n"), {"--log.level=debug"});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recheck_)

BOOST_AUTO_TEST_CASE(who_is_deleted_or_locked_in_the_directory_loses_all_tokens_and_the_others_keep_theirs)
{
    corp const w;
    auto& server = slapd::shared();
    daemon_process const tokend{checking_each_second(w, server)};
    auto const leaver = issue(tokend, "leaver");
    auto const leaver_too = issue(tokend, "leaver");
    auto const suspect = issue(tokend, "suspect");
    auto const stayer = issue(tokend, "stayer");
    BOOST_TEST(is_checked(tokend, leaver, R"("outcome":"accepted")"));
    server.change("dn: " + dn_of("leaver") + "\nchangetype: delete\n");
    BOOST_TEST(is_revoked_by_use(tokend, leaver));
    BOOST_TEST(!is_active(tokend.address(), leaver_too));
    server.change("dn: " + dn_of("suspect") +
                  "\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n");
    BOOST_TEST(is_revoked_by_use(tokend, suspect));
    BOOST_TEST(tokend.logs("the account is locked for good (pwdAccountLockedTime)"));
    BOOST_TEST(is_active(tokend.address(), stayer));
}

BOOST_AUTO_TEST_CASE(who_leaves_the_login_filter_loses_all_tokens)
{
    corp const w;
    auto& server = slapd::shared();
    daemon_process const tokend{w.options(
        w.backend(server.tls_uri(),
                  "recheck-interval = 1s\nuser-filter = (&(uid={username})(|(employeeType=staff)(uid=stayer)))\n"))};
    auto const trainee = issue(tokend, "trainee");
    auto const stayer = issue(tokend, "stayer");
    server.change("dn: " + dn_of("trainee") + "\nchangetype: modify\ndelete: employeeType\n");
    BOOST_TEST(is_revoked_by_use(tokend, trainee));
    BOOST_TEST(is_active(tokend.address(), stayer));
}

BOOST_AUTO_TEST_CASE(an_outage_revokes_nothing_and_the_check_is_made_up_for)
{
    corp const w;
    auto& server = slapd::shared();
    daemon_process const tokend{checking_each_second(w, server)};
    auto const token = issue(tokend, "stayer");
    server.kill();
    BOOST_TEST(is_checked(tokend, token, R"("outcome":"unavailable")"));
    server.restart();
    BOOST_TEST(is_checked(tokend, token, R"("outcome":"accepted")"));
}

BOOST_AUTO_TEST_SUITE_END()
