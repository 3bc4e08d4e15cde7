// The modes in which a user's groups are found.
#include "ldap/directory_rig.hpp"
#include "ldap/fault_proxy.hpp"
#include "ldap/people.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace tokend::test;
using boost::test_tools::per_element;
using strings = std::vector<std::string>;

namespace {

ldap_plugin::settings with(ldap_plugin::group_mode mode, std::size_t depth = 0, std::string filter = "(member={dn})")
{
    auto how = usual_settings();
    how.group = {mode, std::string{groups_base}, std::move(filter), depth};
    how.unit.group_names = ldap_plugin::group_map{"*"};
    return how;
}

strings groups_of(ldap_plugin::settings const& how, std::string_view user)
{
    auto got = directory_rig{how}.log_in(user);
    BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(TOKEND_ACCEPT), got.reason);
    std::sort(got.who.groups.begin(), got.who.groups.end());
    return got.who.groups;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(groups_)

BOOST_AUTO_TEST_CASE(direct_groups_come_from_the_user_or_from_a_search)
{
    BOOST_TEST(groups_of(with(ldap_plugin::group_mode::memberof), "anna") == (strings{"north", "south"}),
               per_element());
    BOOST_TEST(groups_of(with(ldap_plugin::group_mode::search), "anna") == (strings{"north", "south"}), per_element());
    BOOST_TEST(groups_of(with(ldap_plugin::group_mode::none), "anna").empty());
}

// Somebody else may make a group of the right name in another place.
BOOST_AUTO_TEST_CASE(a_group_of_that_name_elsewhere_gives_no_unit)
{
    auto const dn = "cn=north," + std::string{many_base};
    slapd::shared().change(
        "dn: " + dn + "\nchangetype: add\nobjectClass: groupOfNames\ncn: north\nmember: " + dn_of("joiner") + '\n');
    auto how = with(ldap_plugin::group_mode::memberof);
    how.unit.group_units = ldap_plugin::group_map{"north -> N"};
    auto const got = directory_rig{how}.log_in("joiner");
    BOOST_TEST(got.who.units == strings{"fallback"}, per_element());
    BOOST_TEST(got.who.groups.empty());
    how.unit.group_units = ldap_plugin::group_map{dn + " -> N"};
    BOOST_TEST(directory_rig{how}.log_in("joiner").who.units == strings{"N"}, per_element());
    BOOST_TEST(directory_rig{how}.log_in("anna").who.units == strings{"fallback"}, per_element());
    slapd::shared().change("dn: " + dn + "\nchangetype: delete\n");
}

// The groups form a cycle: north is in loop, loop in region, and region in north.
BOOST_AUTO_TEST_CASE(nesting_is_followed_to_its_depth_and_a_circle_ends)
{
    for (auto const mode : {ldap_plugin::group_mode::memberof, ldap_plugin::group_mode::search})
    {
        BOOST_TEST(groups_of(with(mode, 1), "anna") == (strings{"loop", "north", "south"}), per_element());
        BOOST_TEST(groups_of(with(mode, 2), "anna") == (strings{"loop", "north", "region", "south"}), per_element());
        BOOST_TEST(groups_of(with(mode, 8), "anna") == (strings{"loop", "north", "region", "south"}), per_element());
    }
}

BOOST_AUTO_TEST_CASE(each_group_is_asked_for_once_however_often_it_is_met)
{
    fault_proxy const proxy{slapd::shared().port()};
    auto how = with(ldap_plugin::group_mode::search, 8);
    how.server.endpoints = usual_settings({proxy.plain_uri()}).server.endpoints;
    groups_of(how, "anna");
    auto const said = proxy.captured();
    auto const asked = "cn=region," + std::string{groups_base};
    BOOST_TEST(said.find(asked) != said.npos);
    BOOST_TEST(said.find(asked) == said.rfind(asked));
}

BOOST_AUTO_TEST_CASE(special_names_are_found_in_their_groups)
{
    for (auto const* user : {"comma,name", "star*man", "back\\slash", "paren(x)", "Zo\xc3\xab", "{dn}"})
        BOOST_TEST(groups_of(with(ldap_plugin::group_mode::search), user) == strings{"north"}, per_element());
}

BOOST_AUTO_TEST_CASE(token_groups_are_looked_up_by_their_sid)
{
    BOOST_TEST(groups_of(with(ldap_plugin::group_mode::token_groups), "ada") == strings{"north"}, per_element());
    BOOST_TEST(groups_of(with(ldap_plugin::group_mode::token_groups), "anna").empty());
}

// OpenLDAP does not know the rule and finds nothing, so the test checks that the filter is the one for Active
// Directory.
BOOST_AUTO_TEST_CASE(in_chain_asks_by_the_rule_of_active_directory)
{
    fault_proxy proxy{slapd::shared().port()};
    auto how = with(ldap_plugin::group_mode::in_chain);
    how.server.endpoints = usual_settings({proxy.plain_uri()}).server.endpoints;
    auto const got = directory_rig{how}.log_in("anna");
    BOOST_TEST(got.who.units == strings{"fallback"}, per_element());
    BOOST_TEST(proxy.captured().find("1.2.840.113556.1.4.1941") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(groups_that_cannot_be_read_are_an_outage_and_not_none)
{
    auto how = with(ldap_plugin::group_mode::search);
    how.group.base = "ou=nowhere,dc=example,dc=com";
    auto const got = directory_rig{how}.log_in("anna");
    BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(TOKEND_UNAVAILABLE));
    BOOST_TEST(got.reason == "the search for groups: the server answered 32 (No such object)");
}

// The server returns at most 500 entries at once to this account, and any number in pages. It allows one paged search
// per connection.
BOOST_AUTO_TEST_CASE(more_groups_than_the_server_gives_at_once_come_in_pages_and_the_servers_own_limit_is_an_outage)
{
    slapd::shared().change(many_groups_ldif("joiner", 501));
    auto how = with(ldap_plugin::group_mode::search);
    how.group.base = "dc=example,dc=com";
    how.server.bind_dn = "cn=capped,dc=example,dc=com";
    directory_rig rig{how};
    std::vector<std::future<ldap_plugin::finding>> logins;
    for (int i = 0; i < 4; ++i)
        for (auto const* user : {"joiner", "anna"})
            logins.push_back(rig.begin(user, password_of(user)));
    for (std::size_t i = 0; i < logins.size(); ++i)
    {
        auto const got = logins[i].get();
        BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(TOKEND_ACCEPT), got.reason);
        BOOST_TEST(got.who.groups.size() == (i % 2 == 0 ? 501U : 2U));
    }
    how.server.bind_dn = "cn=limited,dc=example,dc=com";
    directory_rig limited{how};
    auto const got = limited.log_in("joiner");
    BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(TOKEND_UNAVAILABLE));
    BOOST_TEST(got.reason.find("the search for groups: the server's limit for the service's account ends it after ") !=
                   std::string::npos,
               got.reason);
    BOOST_TEST(groups_of(how, "anna") == (strings{"north", "south"}), per_element());
}

// The limit holds for all messages of an answer together.
BOOST_AUTO_TEST_CASE(an_answer_that_is_too_large_ends_the_connection)
{
    auto how = with(ldap_plugin::group_mode::search, 0, "(|(member={dn})(objectClass=*))");
    how.group.base = people_base;
    how.server.max_answer_bytes = 2048;
    auto const got = directory_rig{how}.log_in("anna");
    BOOST_TEST(static_cast<int>(got.verdict) == static_cast<int>(TOKEND_UNAVAILABLE));
    BOOST_TEST(got.reason == "the server sent an answer of more than 2048 bytes");
}

BOOST_AUTO_TEST_SUITE_END()
