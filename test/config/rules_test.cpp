#include "app/tokend/config/rules.hpp"

#include "config/configured.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace tokend::test {
namespace {

using lines = std::vector<std::string>;

std::string const backend = "[backend.b]\nplugin = file\n";

BOOST_AUTO_TEST_SUITE(rules_)

BOOST_AUTO_TEST_CASE(an_address_off_loopback_needs_a_word)
{
    std::string const open = "[listen.public]\naddress = 127.0.0.1:1, 192.0.2.1:80, [::]:80\n";
    auto const refused = [](std::string const& address) {
        return "t.conf:2: " + address +
               " is not loopback, and passwords would cross the network unencrypted; if that is meant, "
               "set allow-plain-http = yes in [listen.public]";
    };
    BOOST_TEST(configured{open}.mistakes() == (lines{refused("192.0.2.1:80"), refused("[::]:80")}),
               boost::test_tools::per_element());
    BOOST_TEST(configured{open + "allow-plain-http = yes\n"}.mistakes() == lines{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_room_for_principals_holds_the_largest_of_them)
{
    BOOST_TEST(configured{"[tokens]\nprincipal-room = 16383\n"}.mistakes() ==
                   lines{"t.conf:2: principal-room takes 0 or a size from 16k to 256g"},
               boost::test_tools::per_element());
    BOOST_TEST(configured{"[tokens]\nprincipal-room = 16k\n"}.mistakes() == lines{}, boost::test_tools::per_element());
    BOOST_TEST(configured{"[tokens]\nprincipal-room = 0\n"}.mistakes() == lines{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_sliding_lifetime_fits_into_max_lifetime)
{
    BOOST_TEST(configured{"[tokens]\nlifetime = 1d\nlifetime-policy = sliding\n"}.mistakes() ==
                   lines{"t.conf:2: max-lifetime, 12h, is shorter than lifetime, 1d"},
               boost::test_tools::per_element());
    BOOST_TEST(configured{"[tokens]\nlifetime = 1d\n"}.mistakes() == lines{}, boost::test_tools::per_element());
    BOOST_TEST(
        configured{backend + "[organisation.O]\nbackends = b\nlifetime-policy = sliding\n[tokens]\nlifetime = 1d\n"}
                .mistakes() == lines{"t.conf:5: max-lifetime, 12h, is shorter than lifetime, 1d"},
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_wrong_rule_of_tokens_is_said_once_however_many_inherit_it)
{
    auto const text =
        backend + "[tokens]\nlifetime-policy = sliding\nmax-lifetime = 1m\n[organisation.O]\nbackends = b\n";
    BOOST_TEST(configured{text}.mistakes() == lines{"t.conf:5: max-lifetime, 1m, is shorter than lifetime, 1h"},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_of_organisations_differ_in_more_than_case)
{
    auto const text =
        backend +
        "[organisation.A]\nbackends = b\n[organisation.B]\nname = a\nbackends = b\n[organisation.a]\nbackends = b\n";
    BOOST_TEST(
        configured{text}.mistakes() ==
            (lines{"t.conf:6: the name 'a' is that of [organisation.A] too; names must differ in more than case",
                   "t.conf:8: the name 'a' is that of [organisation.A] too; names must differ in more than case"}),
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_hardly_meant_is_a_warning)
{
    auto const found = warnings(configured{""}.load());
    BOOST_TEST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].what ==
               "no organisation is configured, so nobody can log in; add a section [organisation.NAME]");
    configured const unused{backend + "[backend.c]\nplugin = file\n[organisation.O]\nbackends = b\n"};
    auto const one = warnings(unused.load());
    BOOST_TEST_REQUIRE(one.size() == 1U);
    BOOST_TEST(one[0].where == unused.file().string() + ":3");
    BOOST_TEST(one[0].what == "no organisation uses [backend.c]");
}

BOOST_AUTO_TEST_CASE(a_reload_refuses_what_needs_a_restart_and_takes_the_rest)
{
    configured const now{"[server]\nworkers = 1\n[http]\nidle-timeout = 1s\n"};
    configured const then{"[server]\nworkers = 2\n[http]\nidle-timeout = 2s\n"};
    auto const refused = refused_changes(now.load(), then.load());
    BOOST_TEST_REQUIRE(refused.size() == 1U);
    BOOST_TEST(refused[0].where == then.file().string() + ":2");
    BOOST_TEST(refused[0].what == "server.workers changes from 1 to 2, which needs a restart");
}

BOOST_AUTO_TEST_CASE(a_socket_of_systemd_belongs_to_one_listener)
{
    configured const c{"[listen.public]\naddress = fd:one, fd:two\n[listen.other]\naddress = fd:three, fd:two\n"};
    auto const mistakes = c.mistakes();
    auto const expected = "t.conf:4: fd:two is an address of [listen.public] too";
    BOOST_TEST(std::count(mistakes.begin(), mistakes.end(), expected) == 1);
    BOOST_TEST(configured{"[listen.public]\naddress = fd:one, fd:two\n"}.mistakes() == lines{},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_reload_refuses_other_addresses_of_a_listener)
{
    configured const now{"[listen.public]\naddress = 127.0.0.1:1\nunix-mode = 0600\n"};
    configured const then{"[listen.public]\nunix-mode = 0600\naddress = 127.0.0.1:2\n"};
    BOOST_TEST(refused_changes(now.load(), now.load()).empty());
    auto const refused = refused_changes(now.load(), then.load());
    BOOST_TEST_REQUIRE(refused.size() == 1U);
    BOOST_TEST(refused[0].where == then.file().string() + ":3");
    BOOST_TEST(refused[0].what ==
               "listen.public.address changes from 127.0.0.1:1 to 127.0.0.1:2, which needs a restart");
    auto const unset = refused_changes(then.load(), configuration{});
    BOOST_TEST_REQUIRE(unset.size() == 2U);
    BOOST_TEST(unset[0].where == "default");
}

BOOST_AUTO_TEST_CASE(a_reload_refuses_a_listener_more_or_less)
{
    configuration one;
    configuration two;
    two.listeners.emplace_back().name = "admin";
    auto const more = refused_changes(one, two);
    BOOST_TEST_REQUIRE(more.size() == 1U);
    BOOST_TEST(more[0].what == "[listen.admin] is new, which needs a restart");
    auto const less = refused_changes(two, one);
    BOOST_TEST_REQUIRE(less.size() == 1U);
    BOOST_TEST(less[0].what == "[listen.admin] is left out, which needs a restart");
}

BOOST_AUTO_TEST_CASE(without_a_section_there_is_the_public_listener)
{
    for (auto const* const text : {"", "[listen.public]\n", "[listen.public]\nunix-mode = 0660\n"})
    {
        auto const config = configured{text}.load();
        BOOST_TEST_REQUIRE(config.listeners.size() == 1U);
        BOOST_TEST(config.listeners[0].name == "public");
        BOOST_TEST_REQUIRE(config.listeners[0].addresses.size() == 1U);
        BOOST_TEST(config.listeners[0].addresses[0].text() == "127.0.0.1:8080");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
