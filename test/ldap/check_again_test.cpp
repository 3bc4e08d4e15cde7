// Rechecks of a user, without a password: they apply the rules of a login, and return the user's current groups and
// units.
#include "ldap/directory_rig.hpp"
#include "ldap/findings.hpp"
#include "ldap/people.hpp"

#include <boost/test/unit_test.hpp>

using namespace tokend::test;
using boost::test_tools::per_element;
using strings = std::vector<std::string>;

namespace {

void change(std::string_view user, std::string const& lines)
{
    slapd::shared().change("dn: " + dn_of(user) + "\nchangetype: modify\n" + lines + '\n');
}

// For settings in which a user's name and id differ from the typed name.
ldap_plugin::settings contractors()
{
    auto how = usual_settings();
    how.user.mode = ldap_plugin::login_mode::dn_template;
    how.user.dn_template = "cn={username}," + std::string{contractors_base};
    how.user.base = contractors_base;
    how.user.scope = ldap_plugin::scope::one;
    how.user.filter.clear();
    return how;
}

void check_same(directory_rig& rig, ldap_plugin::finding const& login)
{
    BOOST_TEST(is(login, TOKEND_ACCEPT), login.reason);
    auto const again = rig.check_again(login.who.username, login.who.subject_id);
    BOOST_TEST(is(again, TOKEND_ACCEPT), again.reason);
    BOOST_TEST(again.who.username == login.who.username);
    BOOST_TEST(again.who.subject_id == login.who.subject_id);
    BOOST_TEST(again.who.units == login.who.units, per_element());
    BOOST_TEST(again.who.groups == login.who.groups, per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_again_)

BOOST_AUTO_TEST_CASE(a_user_whom_the_filter_no_longer_finds_is_answered_as_a_login_is)
{
    auto how = usual_settings();
    how.user.filter = "(&(objectClass=person)(uid={username})(employeeType=staff))";
    for (auto const* id : {"entryUUID", "carLicense"})  // nobody has a license
    {
        how.user.id_attribute = id;
        for (bool const is_template : {false, true})
        {
            how.user.mode = is_template ? ldap_plugin::login_mode::dn_template : ldap_plugin::login_mode::search;
            how.user.dn_template = "uid={username}," + std::string{people_base};
            directory_rig rig{how};
            auto const login = rig.log_in("clerk");
            check_same(rig, login);
            change("clerk", "delete: employeeType");
            BOOST_TEST(is(rig.log_in("clerk"), TOKEND_NO_SUCH_USER));
            auto const again = rig.check_again("clerk", login.who.subject_id);
            BOOST_TEST(is(again, TOKEND_NO_SUCH_USER), again.reason);
            change("clerk", "add: employeeType\nemployeeType: staff");
            check_same(rig, login);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_check_says_units_groups_and_end_as_they_are_now)
{
    auto how = usual_settings();
    how.unit.units.clear();
    how.unit.attribute = "departmentNumber";
    how.unit.default_unit = "D2";
    how.unit.group_names = ldap_plugin::group_map{"*"};
    how.group = {ldap_plugin::group_mode::search, std::string{groups_base}, "(member={dn})", 0};
    directory_rig rig{how};
    auto const login = rig.log_in("rover");
    check_same(rig, login);
    BOOST_TEST(login.who.units == strings{"D1"}, per_element());
    change("rover", "replace: departmentNumber\ndepartmentNumber: D2\n-\nadd: accountExpires\naccountExpires: "
                    "157469184000000000");
    slapd::shared().change("dn: cn=south," + std::string{groups_base} +
                           "\nchangetype: modify\nadd: member\nmember: " + dn_of("rover") + '\n');
    auto const moved = rig.check_again("rover", login.who.subject_id);
    BOOST_TEST(is(moved, TOKEND_ACCEPT), moved.reason);
    BOOST_TEST(moved.who.units == (strings{"S", "D2"}), per_element());
    BOOST_TEST(moved.who.default_unit == "D2");
    BOOST_TEST(moved.who.groups == strings{"south"}, per_element());
    BOOST_TEST(moved.who.not_after == 4'102'444'800);
    change("rover", "delete: departmentNumber");
    slapd::shared().change("dn: cn=south," + std::string{groups_base} +
                           "\nchangetype: modify\ndelete: member\nmember: " + dn_of("rover") + '\n');
    auto const lost = rig.check_again("rover", login.who.subject_id);
    BOOST_TEST(is(lost, TOKEND_DISABLED));
    BOOST_TEST(lost.reason == "no unit for " + dn_of("rover") + ", which is in 0 groups");
}

BOOST_AUTO_TEST_CASE(a_user_of_a_template_is_found_by_id_or_dn_whatever_the_name_in_tokens_is)
{
    for (auto const* id : {"entryUUID", "carLicense"})
    {
        auto how = contractors();
        how.user.id_attribute = id;
        directory_rig rig{how};
        auto const login = rig.log_in("Carla Common");
        BOOST_TEST(login.who.username == "carla");
        check_same(rig, login);
    }
}

BOOST_AUTO_TEST_CASE(a_user_who_logs_in_under_another_attribute_than_the_name_in_tokens_is_found)
{
    auto how = usual_settings();
    how.user.filter = "(mail={username})";
    directory_rig rig{how};
    check_same(rig, rig.log_in("anna@example.com", password_of("anna")));
}

BOOST_AUTO_TEST_CASE(special_names_are_found_by_name_by_dn_and_by_a_binary_id)
{
    auto how = usual_settings();
    how.user.id_attribute = "carLicense";
    directory_rig rig{how};
    for (auto const& name : special_names())
    {
        check_same(rig, rig.log_in(name));
        BOOST_TEST(is(rig.check_again(name, ""), TOKEND_ACCEPT), name);
    }
    how.user.id_attribute = "objectSid";
    directory_rig binary{how};
    auto const ada = binary.log_in("ada");
    BOOST_TEST(ada.who.subject_id == "hex:010500000000000561");
    check_same(binary, ada);
    BOOST_TEST(is(binary.check_again("ada", "hex:010500000000000562"), TOKEND_NO_SUCH_USER));
}

BOOST_AUTO_TEST_CASE(of_several_entries_with_one_id_the_one_of_the_name_is_meant)
{
    auto how = usual_settings();
    how.user.id_attribute = "sn";
    directory_rig rig{how};
    check_same(rig, rig.log_in("anna"));
    how.user.name_attribute = "sn";
    directory_rig nameless{how};
    BOOST_TEST(is(nameless.check_again("Person", "Person"), TOKEND_DISABLED));
}

BOOST_AUTO_TEST_CASE(a_user_outside_the_base_is_not_found_by_id_or_dn)
{
    auto how = usual_settings();
    directory_rig here{how};
    auto const id = here.log_in("anna").who.subject_id;
    how.user.base = groups_base;
    directory_rig elsewhere{how};
    BOOST_TEST(is(elsewhere.check_again("anna", id), TOKEND_NO_SUCH_USER));
    BOOST_TEST(is(elsewhere.check_again("anna", "dn:" + dn_of("anna")), TOKEND_NO_SUCH_USER));
    how.user.base = "dc=example,dc=com";
    how.user.scope = ldap_plugin::scope::one;
    directory_rig above{how};
    BOOST_TEST(is(above.check_again("anna", "dn:" + dn_of("anna")), TOKEND_NO_SUCH_USER));
}

BOOST_AUTO_TEST_CASE(a_referral_in_the_place_of_an_answer_is_an_outage)
{
    auto const base = "ou=moved," + std::string{people_base};
    slapd::shared().change("dn: " + base +
                           "\nchangetype: add\nobjectClass: referral\nobjectClass: extensibleObject\nou: moved\n" +
                           "ref: ldap://127.0.0.1:1/" + std::string{people_base} + '\n');
    auto how = usual_settings();
    how.user.base = base;
    directory_rig rig{how};
    check_unavailable(rig.check_again("anna", "00000000-0000-4000-8000-000000000000"), "10 (Referral)");
    check_unavailable(rig.check_again("anna", "dn:uid=anna," + base), "10 (Referral)");
}

BOOST_AUTO_TEST_SUITE_END()
