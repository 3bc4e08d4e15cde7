// Who is accepted in each mode, and the reasons for which others are refused.
#include "ldap/directory_rig.hpp"
#include "ldap/fault_proxy.hpp"
#include "ldap/people.hpp"

#include <boost/test/unit_test.hpp>

#include <regex>
#include <sstream>

using namespace tokend::test;
using boost::test_tools::per_element;
using strings = std::vector<std::string>;

namespace {

void check_accepted(ldap_plugin::finding const& got, std::string const& username)
{
    BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(TOKEND_ACCEPT), username << ": " << got.reason);
    BOOST_TEST(got.who.username == username);
}

void check_refused(ldap_plugin::finding const& got, tokend_verdict verdict, std::string const& reason)
{
    BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(verdict), got.reason);
    BOOST_TEST(got.reason == reason);
}

// OpenLDAP accepts only a DN in a bind, so here NAME@DOMAIN is one: uid=upn@corp.example,ou=people,...
ldap_plugin::settings by_upn()
{
    auto how = usual_settings();
    how.user.mode = ldap_plugin::login_mode::upn;
    how.user.upn_domain = "corp.example," + std::string{people_base};
    how.user.filter = "(userPrincipalName={username})";
    return how;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(login_)

BOOST_AUTO_TEST_CASE(a_user_is_found_and_bound_and_has_all_that_the_directory_gives_it)
{
    directory_rig rig{usual_settings()};
    auto const got = rig.log_in("ANNA", password_of("anna"));
    check_accepted(got, "anna");  // the directory's spelling
    BOOST_TEST(got.who.units == (strings{"N", "S"}), per_element());
    BOOST_TEST(got.who.groups.empty());
    BOOST_TEST(std::regex_match(got.who.subject_id, std::regex{"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"}),
               got.who.subject_id);
    BOOST_TEST(rig.log_in("anna@example.com", password_of("anna")).who.subject_id == got.who.subject_id);
    check_refused(rig.log_in("anna", "wrong"), TOKEND_BAD_SECRET, "wrong password");
    check_refused(rig.log_in("nobody", "x"), TOKEND_NO_SUCH_USER,
                  "no entry matches (&(objectClass=person)(|(uid=nobody)(mail=nobody)))");
}

BOOST_AUTO_TEST_CASE(special_names_log_in_as_themselves_and_a_star_as_nobody)
{
    for (auto const& how : {usual_settings(), by_template()})
    {
        directory_rig rig{how};
        for (auto const& name : special_names())
        {
            check_accepted(rig.log_in(name), name);
            check_refused(rig.log_in(name, "wrong"), TOKEND_BAD_SECRET, "wrong password");
        }
        for (auto const* name : {"*", "ann*", "anna)(uid=*", "anna,ou=people", "anna)(objectClass=*", "\\61nna"})
            BOOST_TEST(static_cast<int>(rig.log_in(name, password_of("anna")).verdict) !=
                           static_cast<int>(TOKEND_ACCEPT),
                       name);
    }
}

BOOST_AUTO_TEST_CASE(an_empty_password_is_refused_in_each_mode_before_anything_is_asked)
{
    fault_proxy const proxy{slapd::shared().port()};
    for (auto how : {usual_settings(), by_template(), by_upn()})
    {
        how.server.endpoints = usual_settings({proxy.plain_uri()}).server.endpoints;
        directory_rig rig{how};
        check_refused(rig.log_in("anna", ""), TOKEND_BAD_SECRET, "a password that is empty or holds NUL");
        check_refused(rig.log_in("anna", std::string_view{"\0", 1}), TOKEND_BAD_SECRET,
                      "a password that is empty or holds NUL");
    }
    BOOST_TEST(proxy.captured().find("anna") == std::string::npos);
    // This server would have answered success.
    run("ldapwhoami -x -H " + slapd::shared().plain_uri() + " -D '" + dn_of("anna") + "' -w ''");
}

BOOST_AUTO_TEST_CASE(a_name_that_matches_two_entries_is_refused)
{
    directory_rig rig{usual_settings()};
    for (auto const* user : {"bert", "berta"})
        check_refused(
            rig.log_in("twins@example.com", password_of(user)), TOKEND_DISABLED,
            "more than one entry matches (&(objectClass=person)(|(uid=twins@example.com)(mail=twins@example.com)))");
}

BOOST_AUTO_TEST_CASE(each_refused_state_has_its_verdict_and_its_reason)
{
    directory_rig rig{usual_settings()};
    check_refused(rig.log_in("locked"), TOKEND_LOCKED, "the account is locked (password policy)");
    check_refused(rig.log_in("reset"), TOKEND_EXPIRED, "the password must be changed");  // the server answers success
    check_refused(rig.log_in("old"), TOKEND_EXPIRED, "the password is expired (password policy)");
    check_refused(rig.log_in("off"), TOKEND_DISABLED, "the account is disabled (userAccountControl)");
    check_refused(rig.log_in("inactive"), TOKEND_DISABLED, "the account is disabled (nsAccountLock)");
    check_refused(rig.log_in("over"), TOKEND_EXPIRED, "the account is expired (accountExpires)");
    for (auto const* user : {"reset", "old", "off", "inactive", "over"})
        check_refused(rig.log_in(user, "wrong"), TOKEND_BAD_SECRET, "wrong password");
    check_accepted(rig.log_in("graceful"), "graceful");
    BOOST_TEST(rig.logs("grace logins left: "));
    BOOST_TEST(rig.log_in("ending").who.not_after == 4'102'444'800);
}

BOOST_AUTO_TEST_CASE(who_has_no_unit_is_refused_unless_one_is_configured)
{
    auto how = usual_settings();
    BOOST_TEST(directory_rig{how}.log_in("stray").who.units == strings{"fallback"}, per_element());
    how.unit.units.clear();
    check_refused(directory_rig{how}.log_in("stray"), TOKEND_DISABLED,
                  "no unit for " + dn_of("stray") + ", which is in 0 groups");
}

BOOST_AUTO_TEST_CASE(units_come_from_an_attribute_too_and_one_of_them_is_the_default)
{
    auto how = usual_settings();
    how.unit.attribute = "departmentNumber";
    how.unit.default_unit = "D2";
    how.unit.group_names = ldap_plugin::group_map{"*"};
    auto const got = directory_rig{how}.log_in("anna");
    BOOST_TEST(got.who.units == (strings{"N", "S", "D1", "D2"}), per_element());
    BOOST_TEST(got.who.default_unit == "D2");
    BOOST_TEST(got.who.groups == (strings{"north", "south"}), per_element());
}

BOOST_AUTO_TEST_CASE(a_template_binds_first_and_takes_the_directorys_spelling)
{
    directory_rig rig{by_template()};
    check_accepted(rig.log_in("ANNA", password_of("anna")), "anna");
    check_refused(rig.log_in("nobody", "x"), TOKEND_BAD_SECRET, "wrong password");  // this server gives no other reason
    check_refused(rig.log_in("reset"), TOKEND_EXPIRED, "the password must be changed");
}

BOOST_AUTO_TEST_CASE(a_upn_is_of_the_configured_domain_alone)
{
    directory_rig rig{by_upn()};
    check_refused(rig.log_in("ada@other.example", "x"), TOKEND_NO_SUCH_USER, "a user name with '@' or '\\'");
    check_refused(rig.log_in("OTHER\\ada", "x"), TOKEND_NO_SUCH_USER, "a user name with '@' or '\\'");
    check_accepted(rig.log_in("uid=upn", password_of("upn@corp.example")), "upn@corp.example");
    check_refused(rig.log_in("uid=upn", "wrong"), TOKEND_BAD_SECRET, "wrong password");
    check_refused(rig.log_in("ada", "x"), TOKEND_NO_SUCH_USER, "no such entry: 34 (Invalid DN syntax): invalid DN");
}

BOOST_AUTO_TEST_CASE(an_objectguid_is_the_stable_id)
{
    auto how = usual_settings();
    how.user.id_attribute = "objectGUID";
    how.user.name_attribute = "sAMAccountName";
    directory_rig rig{how};
    auto const got = rig.log_in("ada");
    check_accepted(got, "ADA");
    BOOST_TEST(got.who.subject_id == "33323130-3534-3736-3839-616263646566");
    check_accepted(rig.check_again("ADA", got.who.subject_id), "ADA");
}

BOOST_AUTO_TEST_CASE(a_user_is_checked_again_without_a_password)
{
    for (auto const& how : {usual_settings(), by_template()})
    {
        directory_rig rig{how};
        auto const anna = rig.log_in("anna");
        check_accepted(rig.check_again("anna", anna.who.subject_id), "anna");
        BOOST_TEST(rig.check_again("anna", anna.who.subject_id).who.units == anna.who.units, per_element());
        check_accepted(rig.check_again("anna", ""), "anna");
        BOOST_TEST(static_cast<int>(rig.check_again("anna", "00000000-0000-4000-8000-000000000000").verdict) ==
                   static_cast<int>(TOKEND_NO_SUCH_USER));
        check_refused(rig.check_again("off", ""), TOKEND_DISABLED, "the account is disabled (userAccountControl)");
        check_refused(rig.check_again("locked", ""), TOKEND_LOCKED,
                      "the account is locked for good (pwdAccountLockedTime)");
    }
}

BOOST_AUTO_TEST_CASE(a_service_that_is_not_let_in_is_an_outage_and_says_so)
{
    auto how = usual_settings();
    how.server.bind_password = ldap_plugin::make_secret("wrong");
    directory_rig rig{how};
    auto const got = rig.log_in("anna");
    BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(TOKEND_UNAVAILABLE));
    BOOST_TEST(got.reason.find("it does not let the service in (bind-dn, bind-password-file): 49") != std::string::npos,
               got.reason);
}

// A referral to another directory may come among the entries of a search, or instead of a result.
BOOST_AUTO_TEST_CASE(a_referral_is_never_followed)
{
    auto const& server = slapd::shared();
    fault_proxy const elsewhere{server.port()};
    auto const base = "ou=elsewhere," + std::string{people_base};
    server.change("dn: " + base +
                  "\nchangetype: add\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\n" +
                  "ref: " + elsewhere.plain_uri() + '/' + std::string{people_base} + '\n');
    auto how = usual_settings();
    check_accepted(directory_rig{how}.log_in("anna"), "anna");
    how.user.base = base;
    auto const got = directory_rig{how}.log_in("anna");
    BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(TOKEND_UNAVAILABLE));
    BOOST_TEST(got.reason == "the search for the user below '" + base + "': the server answered 10 (Referral)");
    BOOST_TEST(elsewhere.connections() == 0U);
}

// The server's log shows that users' connections carry nothing but binds.
BOOST_AUTO_TEST_CASE(nothing_is_ever_searched_on_a_connection_that_is_bound_as_a_user)
{
    {
        directory_rig rig{by_template()};
        for (int i = 0; i < 20; ++i)
            check_accepted(rig.log_in("load" + std::to_string(i)), "load" + std::to_string(i));
    }
    std::map<std::string, std::string> bound_as;
    std::regex const bind{"conn=(\\d+) op=\\d+ BIND dn=\"(.*)\" mech=SIMPLE.*"};
    std::regex const search{"conn=(\\d+) op=\\d+ SRCH base=.*"};
    std::size_t binds = 0;
    std::istringstream log{slapd::shared().log()};
    for (std::string line; std::getline(log, line);)
    {
        std::smatch found;
        if (std::regex_search(line, found, bind) && ++binds != 0)
            bound_as[found[1]] = found[2];
        if (std::regex_search(line, found, search))
            BOOST_TEST(bound_as[found[1]].find("ou=people") == std::string::npos, line);
    }
    BOOST_TEST(binds > 20U);
}

BOOST_AUTO_TEST_SUITE_END()
