// What a login would do in a real directory, explained to an operator: the whole system, with an admin socket.
#include "admin/explained.hpp"
#include "ldap/http_rig.hpp"
#include "ldap/people.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace tokend::test;

namespace {

struct explained_corp
{
    corp files{};
    std::string const admin = "unix:" + (files.folder / "admin.sock").string();
    daemon_process tokend;

    explicit explained_corp(std::string_view uri = slapd::shared().plain_uri(), std::string_view more = {})
        : tokend{files.options("[listen.admin]\naddress = " + admin + '\n' + files.backend(uri, more))}
    {}
    boost::json::object ask_about(std::string_view user, std::string const& more = {}) const
    {
        return explain(admin, R"({"organisation":"CORP","username":)" +
                                  boost::json::serialize(boost::json::value(user)) + more + '}');
    }
    boost::json::object log_in(std::string_view user) const
    {
        return ask_about(user, R"(,"password":)" + boost::json::serialize(boost::json::value(password_of(user))));
    }
};

void check_refused(boost::json::object const& data, std::string_view verdict, std::string_view reason)
{
    BOOST_TEST(!is_accepted(data));
    auto const asked = step(data, "corp");
    BOOST_TEST(std::string_view{asked.at("verdict").as_string()} == verdict);
    BOOST_TEST(why(data).find(reason) != std::string::npos, why(data));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(explain_)

BOOST_AUTO_TEST_CASE(the_entry_the_filter_the_groups_and_the_origin_of_each_unit_are_told)
{
    explained_corp const c;
    auto const data = c.log_in("anna");
    BOOST_TEST(is_accepted(data));
    BOOST_TEST(did(data, "corp", "the searches: " + slapd::shared().plain_uri() + " as " + std::string{service_dn}));
    BOOST_TEST(did(data, "corp", "the user below '" + std::string{people_base} + "' with "));
    BOOST_TEST(did(data, "corp", "(uid=anna)"));
    BOOST_TEST(did(data, "corp", dn_of("anna")));
    BOOST_TEST(did(data, "corp", "the bind as " + dn_of("anna") + ": the server answered 0"));
    BOOST_TEST(did(data, "corp", "unit 'N' from the group cn=north,"));
    BOOST_TEST(boost::json::serialize(data).find(password_of("anna")) == std::string::npos);
    BOOST_TEST(boost::json::serialize(data).find(service_password) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_password_nobody_is_bound)
{
    explained_corp const c;
    auto const data = c.ask_about("anna");
    BOOST_TEST(is_accepted(data));
    BOOST_TEST(!data.at("secret_checked").as_bool());
    BOOST_TEST(did(data, "corp", "no bind as " + dn_of("anna")));
    BOOST_TEST(did(data, "corp", "unit 'N' from the group cn=north,"));
}

BOOST_AUTO_TEST_CASE(six_users_who_fail_differently_learn_why)
{
    explained_corp const c;
    check_refused(c.ask_about("nobody"), "no such user", "no entry matches (&(objectClass=person)(uid=nobody))");
    check_refused(c.ask_about("anna", R"(,"password":"wrong")"), "bad secret", "wrong password");
    check_refused(c.log_in("locked"), "locked", "the account is locked");
    check_refused(c.log_in("off"), "disabled", "the account is disabled (userAccountControl)");
    check_refused(c.log_in("over"), "expired", "the account is expired (accountExpires)");
    check_refused(c.log_in("stray"), "disabled", "no unit for " + dn_of("stray"));
    // What needs no password is found without one.
    check_refused(c.ask_about("off"), "disabled", "the account is disabled (userAccountControl)");
    check_refused(c.ask_about("stray"), "disabled", "no unit for " + dn_of("stray"));
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_be_reached_is_an_outage_with_its_reason)
{
    explained_corp const c{"ldap://127.0.0.1:9"};
    auto const data = c.log_in("anna");
    check_refused(data, "unavailable", "");
    BOOST_TEST(std::string_view{data.at("code").as_string()} == "BACKEND_UNAVAILABLE");
    BOOST_TEST(did(data, "corp", "the searches: not connected: "));
}

BOOST_AUTO_TEST_SUITE_END()
