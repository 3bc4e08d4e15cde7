#include "plugins/expect.hpp"
#include "plugins/loaded_plugin.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

using namespace tokend::test;

// Tests the options of the LDAP plugin through the C contract. The tests with a directory are in test/ldap.
namespace {

// The options as the host passes them: the defaults, and these.
settings options(settings with)
{
    settings all{{"uris", {"ldaps://127.0.0.1"}},
                 {"start-tls", {"yes", 1}},
                 {"allow-plain-ldap", {"no", 0}},
                 {"mode", {"search"}},
                 {"user-base", {"ou=people,dc=example,dc=com"}},
                 {"user-scope", {"sub"}},
                 {"username-attribute", {"uid"}},
                 {"id-attribute", {"entryUUID"}},
                 {"group-mode", {"memberof"}},
                 {"group-filter", {"(member={dn})"}},
                 {"group-depth", {"0", 0}},
                 {"units", {"U1"}}};
    for (auto const* name : {"connect-timeout", "operation-timeout", "idle-timeout", "max-age", "probe-interval",
                             "retry-first", "retry-last"})
        all[name] = {"", 1000};
    for (auto const* name : {"bind-connections", "max-waiting", "max-searches"})
        all[name] = {"", 8};
    all["max-answer"] = {"", 1'048'576};
    for (auto const& [name, value] : with)
        all[name] = value;
    return all;
}

void check_refused(settings with, std::string const& words)
{
    expect_error<std::runtime_error>([&] { loaded_plugin const plugin{LDAP_PLUGIN, options(std::move(with))}; }, words);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ldap_options_)

BOOST_AUTO_TEST_CASE(the_plugin_describes_itself_with_help_for_each_option)
{
    loaded_plugin const plugin{LDAP_PLUGIN, options({})};
    auto const& d = plugin.descriptor();
    BOOST_TEST(d.name == std::string{"ldap"});
    BOOST_TEST(d.kinds == TOKEND_KIND_PASSWORD);
    BOOST_TEST(d.blocking_kinds == 0U);
    BOOST_TEST((d.recheck != nullptr));
    BOOST_TEST(d.size > TOKEND_DESCRIPTOR_MIN_SIZE);
    for (std::size_t i = 0; i < d.option_count; ++i)
        BOOST_TEST(std::string{d.options[i].help}.size() > 10U, d.options[i].name);
}

BOOST_AUTO_TEST_CASE(the_manual_has_each_option_at_its_default)
{
    loaded_plugin const plugin{LDAP_PLUGIN, options({})};
    std::ostringstream manual;
    manual << std::ifstream{"etc/tokend.conf"}.rdbuf();
    auto const& d = plugin.descriptor();
    for (std::size_t i = 0; i < d.option_count; ++i)
    {
        auto const& o = d.options[i];
        auto const line = std::string{"\n#"} + o.name + (o.type == TOKEND_OPTION_SECRET ? "-file = " : " = ") +
                          (o.default_value != nullptr ? o.default_value + std::string{'\n'} : std::string{});
        BOOST_TEST(manual.str().find(line) != std::string::npos, line);
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_option_is_refused_with_what_was_meant)
{
    check_refused({{"uris", {"ldaps://a,http://b"}}},
                  "uris: 'http://b' is neither ldaps://HOST:PORT nor ldap://HOST:PORT");
    check_refused({{"uris", {""}}}, "uris: is empty, ldaps://HOST was meant");
    check_refused({{"uris", {"ldap://192.0.2.1"}}, {"start-tls", {"no", 0}}},
                  "uris: 'ldap://192.0.2.1' would send passwords over a network unencrypted; use ldaps:// or start-tls "
                  "= yes, or allow "
                  "it with allow-plain-ldap = yes");
    check_refused({{"mode", {"bind"}}}, "mode: 'bind', one of search, template, upn was meant");
    check_refused({{"user-base", {""}}}, "user-base: is missing: mode = search needs it");
    check_refused({{"user-base", {"people"}}}, "user-base: 'people' is no DN such as ou=people,dc=example,dc=com");
    check_refused({{"user-filter", {"(uid={username}"}}},
                  "user-filter: '(uid={username}' is no search filter such as (uid={username})");
    check_refused({{"user-filter", {"({username}=x)"}}},
                  "user-filter: '({username}=x)' is no search filter such as (uid={username})");
    check_refused({{"user-filter", {"(uid=x)"}}}, "user-filter: '(uid=x)' does not hold {username}");
    check_refused({{"mode", {"template"}}}, "dn-template: is missing: mode = template needs it");
    check_refused({{"mode", {"template"}}, {"dn-template", {"uid=x,dc=example"}}},
                  "dn-template: 'uid=x,dc=example', a DN such as uid={username},dc=example,dc=com was meant");
    check_refused({{"mode", {"template"}}, {"dn-template", {"{username}=x,dc=example"}}},
                  "dn-template: '{username}=x,dc=example', a DN such as uid={username},dc=example,dc=com was meant");
    check_refused({{"mode", {"template"}}, {"dn-template", {"cn={username}"}}},
                  "username-attribute: 'uid', but dn-template names users by cn, below nothing where they could be "
                  "searched: username-attribute = cn was meant");
    check_refused({{"dn-template", {"uid={username},dc=example"}}},
                  "dn-template: is set, but not used: mode = template was meant");
    check_refused({{"upn-domain", {"example.com"}}}, "upn-domain: is set, but not used: mode = upn was meant");
    check_refused({{"mode", {"template"}}, {"dn-template", {"uid={username},dc=example"}}, {"user-filter", {"(a"}}},
                  "user-filter: '(a' is no search filter such as (uid={username})");
    check_refused({{"mode", {"upn"}}}, "upn-domain: is missing: mode = upn needs it");
    check_refused({{"username-attribute", {"u)d"}}}, "username-attribute: 'u)d' is no attribute's name");
    check_refused({{"group-mode", {"search"}}},
                  "group-base: is missing: group-mode = search with this group-depth needs it");
    check_refused({{"group-depth", {"9", 9}}}, "group-depth: 9, 0 to 8 was meant");
    check_refused({{"group-units", {"north"}}}, "group-units: 'north', GROUP -> NAME; GROUP -> NAME was meant");
    check_refused({{"units", {""}}},
                  "group-units: is missing, and so are unit-attribute and units: nobody would get a unit");
    check_refused({{"bind-dn", {"cn=x"}}}, "bind-password-file: is missing: bind-dn is set");
    check_refused({{"bind-connections", {"0", 0}}}, "bind-connections: 0, 1 to 256 was meant");
    check_refused({{"retry-first", {"2s", 2000}}}, "retry-first: is longer than retry-last");
    check_refused({{"connect-timeout", {"0s", 0}}}, "connect-timeout: 0ms, 1ms to 1d was meant");
}

BOOST_AUTO_TEST_CASE(names_of_groups_without_a_base_are_warned_of)
{
    auto const line = [](settings with, std::size_t number) {
        return loaded_plugin{LDAP_PLUGIN, options(std::move(with))}.wait_for_log(number);
    };
    settings const names{{"group-units", {"north -> N"}}, {"group-names", {"*"}}};
    BOOST_TEST(line(names, 1) ==
               "group-units names groups without their DN, and there is no group-base: a group of that "
               "name anywhere in the directory counts; set group-base, or use DNs");
    BOOST_TEST(line(names, 2).starts_with("group-names names groups"));
    auto based = names;
    based["group-base"] = {"ou=groups,dc=example,dc=com"};
    settings const dns{{"group-units", {"cn=north,dc=example -> N"}}};
    for (auto const& good : {based, dns, settings{}})
        BOOST_TEST(line(good, 1).find(" is down: ") != std::string::npos);  // the first line is about the server
}

BOOST_AUTO_TEST_CASE(certificates_that_cannot_be_read_are_named)
{
    check_refused({{"tls-ca", {"/none/ca.pem"}}},
                  "tls-ca: /none/ca.pem cannot be read as certificates (PEM): No such file or directory");
    temporary_folder const folder;
    auto const file = folder.write("ca.pem", "no certificate\n").string();
    try
    {
        loaded_plugin const plugin{LDAP_PLUGIN, options({{"tls-ca", {file}}})};
        BOOST_ERROR("it was taken");
    }
    catch (std::runtime_error const& wrong)
    {
        BOOST_TEST(std::string{wrong.what()}.starts_with("tls-ca: " + file + " cannot be read as certificates (PEM): "),
                   wrong.what());
    }
}

BOOST_AUTO_TEST_SUITE_END()
