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

BOOST_AUTO_TEST_CASE(a_client_is_named_by_trusted_proxies_alone)
{
    auto const refused = [](std::string const& line, std::string const& key) {
        return "t.conf:" + line + ": " + key +
               " needs the proxies that it trusts; give their addresses, such as trusted-proxies = 127.0.0.1, in "
               "[listen.public]";
    };
    std::string const both = "[listen.public]\nclient-address-from = forwarded\nproxy-protocol = yes\n";
    BOOST_TEST(configured{both}.mistakes() ==
                   (lines{refused("2", "client-address-from"), refused("3", "proxy-protocol")}),
               boost::test_tools::per_element());
    BOOST_TEST(configured{both + "trusted-proxies =\n"}.mistakes().size() == 2U);
    for (std::string const trusted : {"unix", "192.0.2.1"})
        BOOST_TEST(configured{both + "trusted-proxies = " + trusted + "\n"}.mistakes() == lines{},
                   boost::test_tools::per_element());
    BOOST_TEST(configured{"[listen.public]\nclient-address-from = none\nproxy-protocol = no\n"}.mistakes() == lines{},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(trust_in_vain_and_trust_in_everybody_are_warned_of)
{
    auto const warned = [](std::string const& keys) {
        std::string all;
        for (auto const& w : warnings(configured{"[listen.public]\n" + keys}.load()))
            if (w.where.ends_with("t.conf:2"))
                all += w.what;
        return all;
    };
    BOOST_TEST(warned("trusted-proxies = 127.0.0.1\n") ==
               "trusted-proxies has no effect without client-address-from or proxy-protocol");
    BOOST_TEST(warned("trusted-proxies = 127.0.0.1\nproxy-protocol = yes\n") == "");
    BOOST_TEST(warned("trusted-proxies = unix, ::/0\nclient-address-from = forwarded\n") ==
               "trusted-proxies holds ::/0, so every client can claim any address");
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
    auto const expected = "t.conf:4: fd:two is an address of [listen.public] too; each listener has its own addresses";
    BOOST_TEST(std::count(mistakes.begin(), mistakes.end(), expected) == 1);
    BOOST_TEST(configured{"[listen.public]\naddress = fd:one, fd:two\n"}.mistakes() == lines{},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_reload_takes_other_listeners)
{
    configured const now{"[listen.public]\naddress = 127.0.0.1:1\nunix-mode = 0600\n"};
    configured const then{"[listen.public]\naddress = 127.0.0.1:2\n[listen.admin]\naddress = unix:/run/admin.sock\n"};
    BOOST_TEST(refused_changes(now.load(), then.load()).empty());
    BOOST_TEST(refused_changes(then.load(), now.load()).empty());
}

BOOST_AUTO_TEST_CASE(a_listener_has_an_address_of_its_own)
{
    auto const text =
        "[listen.public]\naddress = 127.0.0.1:1\n[listen.a]\n[listen.b]\nserve = admin\naddress = 127.0.0.1:1\n";
    BOOST_TEST(configured{text}.mistakes() ==
                   (lines{"t.conf:3: [listen.a] names no address; add a line such as address = localhost:8080",
                          "t.conf:6: 127.0.0.1:1 is an address of [listen.public] too; each listener has its own "
                          "addresses"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_a_listener_for_clients_there_is_the_public_one)
{
    auto const names = [](std::string const& text) {
        std::string all;
        for (auto const& l : configured{text}.load().listeners)
            all += l.name + (l.serves(service::metrics) ? ":metrics" : "") +
                   (l.serves(service::admin)            ? ":admin "
                    : l.serves(service::public_methods) ? ":public "
                                                        : " ");
        return all;
    };
    BOOST_TEST(names("[listen.admin]\naddress = :1\n") == "public:public admin:admin ");
    BOOST_TEST(names("[listen.health]\naddress = :1\nserve = admin\n") == "public:public health:admin ");
    BOOST_TEST(names("[listen.metrics]\naddress = :1\n") == "public:public metrics:metrics ");
    BOOST_TEST(names("[listen.m]\naddress = :1\nserve = metrics, admin\n") == "public:public m:metrics:admin ");
    BOOST_TEST(names("[listen.web]\naddress = :1\n") == "web:public ");
    BOOST_TEST(names("[listen.public]\naddress = :1\nserve = admin\n") == "public:admin ");
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

BOOST_AUTO_TEST_CASE(a_burst_needs_a_rate)
{
    auto const text = "[server]\nnetwork-burst = 1\n[listen.public]\nburst = 2\n[organisation.A]\nburst = 3\n"
                      "backends = b\n[backend.b]\nplugin = file\n";
    BOOST_TEST(configured{text}.mistakes() ==
                   (lines{"t.conf:2: network-burst has no effect without network-rate",
                          "t.conf:4: burst has no effect without rate", "t.conf:6: burst has no effect without rate"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_audit_log_that_is_off_takes_no_other_key)
{
    auto const text = "[audit]\nfile = /a\non-failure = refuse\n";
    BOOST_TEST(configured{text}.mistakes() ==
                   (lines{"t.conf:2: file has no effect without to = file in [audit]",
                          "t.conf:3: on-failure has no effect without to = file or to = journal in [audit]"}),
               boost::test_tools::per_element());
    BOOST_TEST(configured{std::string{text} + "to = file\n"}.mistakes() == lines{}, boost::test_tools::per_element());
    BOOST_TEST(configured{"[audit]\nto = journal\nfile = /a\n"}.mistakes() ==
                   lines{"t.conf:3: file has no effect without to = file in [audit]"},
               boost::test_tools::per_element());
    BOOST_TEST(configured{"[audit]\nto = journal\non-failure = refuse\n"}.mistakes() == lines{},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_client_alone_locks_nobody_out_everywhere)
{
    auto const said = [](std::string const& at, std::string const& name, std::string const& network) {
        return "t.conf:" + at + ": lockout-name-failures, " + name + ", is not more than lockout-failures, " + network +
               ", so that one client could lock a user out everywhere";
    };
    BOOST_TEST(configured{"[login]\nlockout-failures = 50\n"}.mistakes() == lines{said("2", "50", "50")},
               boost::test_tools::per_element());
    auto const rest = "[organisation.A]\nlockout-name-failures = 4\nbackends = b\n[backend.b]\nplugin = file\n";
    BOOST_TEST(configured{rest}.mistakes() == lines{said("2", "4", "5")}, boost::test_tools::per_element());
    for (auto const* const off : {"lockout-failures = 0\n", "lockout-failures = 900\nlockout-name-failures = 0\n"})
        BOOST_TEST(configured{std::string{"[login]\n"} + off}.mistakes() == lines{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_organisation_takes_the_lock_out_of_login_and_may_change_it)
{
    auto const config = configured{"[login]\nlockout-failures = 7\nlockout-time = 1m\n[organisation.A]\n"
                                   "lockout-failures = 9\nbackends = b\n[backend.b]\nplugin = file\n"}
                            .load();
    BOOST_TEST(config.organisations[0].lockout.failures == 9U);
    BOOST_TEST((config.organisations[0].lockout.time == std::chrono::minutes{1}));
    BOOST_TEST(config.login.lockout.failures == 7U);
}

BOOST_AUTO_TEST_CASE(max_tokens_above_the_capacity_is_warned_of)
{
    auto const warned = [](std::string const& settings) {
        std::string all;
        for (auto const& w :
             warnings(configured{"[tokens]\ncapacity = 10\n[organisation.O]\n" + settings + "backends = b\n" + backend}
                          .load()))
            all += w.where.substr(w.where.rfind('/') + 1) + ": " + w.what;
        return all;
    };
    BOOST_TEST(warned("max-tokens = 11\n") == "t.conf:4: max-tokens has no effect: it is more than the capacity, 10");
    for (auto const* const settings : {"", "max-tokens = 10\n", "max-tokens = 100%\n"})
        BOOST_TEST(warned(settings) == "");
}

BOOST_AUTO_TEST_CASE(a_take_over_socket_is_no_address_of_a_listener)
{
    auto const text = "[server]\ntake-over-socket = a.sock\n[listen.public]\naddress = unix:";
    BOOST_TEST(configured{std::string{text} + "b.sock\n"}.mistakes() == lines{}, boost::test_tools::per_element());
    auto const mistakes = configured{std::string{text} + "a.sock\n"}.mistakes();
    BOOST_TEST_REQUIRE(mistakes.size() == 1U);
    BOOST_TEST(mistakes[0].starts_with("t.conf:2: unix:"), mistakes[0]);
    BOOST_TEST(
        mistakes[0].ends_with("a.sock is an address of [listen.public]; take-over-socket is a socket of its own"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
