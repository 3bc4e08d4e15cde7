#include "app/tokend/config/print.hpp"
#include "config/configured.hpp"

#include <boost/test/unit_test.hpp>

namespace tokend::test {
namespace {

using namespace std::chrono_literals;
using lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(precedence_)

BOOST_AUTO_TEST_CASE(an_empty_file_gives_the_defaults)
{
    BOOST_TEST(print(configured{""}.load()) == print(configuration{}));
}

BOOST_AUTO_TEST_CASE(the_parts_win_over_the_file_by_name_and_the_command_line_over_all)
{
    configured c{"[server]\nworkers = 1\nmax-connections = 1\n[tokens]\ncapacity = 1\n[log]\nlevel = error\n"};
    c.add("20-b.conf", "[server]\nmax-connections = 3\n[tokens]\ncapacity = 3\n");
    c.add("10-a.conf", "[server]\nmax-connections = 2\n[log]\nlevel = debug\n");
    auto const config = c.load({"--tokens.capacity=4"});
    BOOST_TEST(config.server.workers == 1U);
    BOOST_TEST(config.server.max_connections == 3U);
    BOOST_TEST(config.tokens.capacity == 4U);
    BOOST_TEST((config.log.level == log_level::debug));
}

BOOST_AUTO_TEST_CASE(other_files_in_conf_d_are_left_alone)
{
    configured c{""};
    c.add("a.conf.bak", "nonsense");
    c.add(".a.conf", "nonsense");
    BOOST_TEST(c.mistakes() == lines{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_last_of_one_option_wins)
{
    auto const config = configured{""}.load({"--server.workers=1", "--server.workers", "2"});
    BOOST_TEST(config.server.workers == 2U);
    BOOST_TEST(config.sources.at("server.workers") == "--server.workers");
}

BOOST_AUTO_TEST_CASE(organisations_take_from_tokens_what_they_do_not_set_wherever_that_stands)
{
    configured const c{"[organisation.A]\nbackends = b\n[organisation.B]\nbackends = b\nlifetime = 5m\n"
                       "[backend.b]\nplugin = file\n[tokens]\nlifetime = 10m\nlifetime-policy = sliding\n"};
    auto const config = c.load({"--tokens.max-lifetime=20m"});
    BOOST_TEST_REQUIRE(config.organisations.size() == 2U);
    auto const& a = config.organisations[0];
    auto const& b = config.organisations[1];
    BOOST_TEST((a.lifetimes.lifetime == 10min));
    BOOST_TEST((a.lifetimes.max_lifetime == 20min));
    BOOST_TEST((a.lifetimes.policy == lifetime_policy::sliding));
    BOOST_TEST((b.lifetimes.lifetime == 5min));
    BOOST_TEST((b.lifetimes.max_lifetime == 20min));
    BOOST_TEST(a.name == "A");
}

BOOST_AUTO_TEST_CASE(a_plugins_options_are_kept_with_their_place)
{
    configured const c{"[backend.b]\nplugin = file\nusers = u\nunits = x, y\n"};
    auto const config = c.load({"--backend.b.users=v"});
    BOOST_TEST_REQUIRE(config.backends.size() == 1U);
    auto const& backend = config.backends[0];
    BOOST_TEST(backend.where == c.file().string() + ":1");
    BOOST_TEST_REQUIRE(backend.settings.size() == 2U);
    BOOST_TEST(backend.settings[0].name == "users");
    BOOST_TEST(backend.settings[0].value == "v");
    BOOST_TEST(backend.settings[0].where == "--backend.b.users");
    BOOST_TEST(backend.settings[0].base == std::filesystem::current_path());
    BOOST_TEST(backend.settings[1].value == "x, y");
    BOOST_TEST(backend.settings[1].where == c.file().string() + ":4");
    BOOST_TEST(backend.settings[1].base == c.folder());
}

BOOST_AUTO_TEST_CASE(backends_and_organisations_can_come_from_the_command_line_alone)
{
    auto const config = configured{""}.load({"--organisation.ID.backends=b", "--backend.b.plugin=file"});
    BOOST_TEST(config.backends.at(0).id == "b");
    BOOST_TEST(config.organisations.at(0).name == "ID");
}

BOOST_AUTO_TEST_CASE(a_value_of_the_command_line_is_held_to_the_same_rules)
{
    BOOST_TEST(
        configured{""}.mistakes({"--server.plugin-directory=/a#b", "--listen.public.address=0.0.0.0:1",
                                 "--backend.b.plugin=file", "--backend.b.users=\xff", "--http.verify-cookie=a\nb"}) ==
            (lines{"--server.plugin-directory: no value can hold a '#'",
                   "--listen.public.address: 0.0.0.0:1 is not loopback, and passwords would cross the network "
                   "unencrypted; if that is meant, set allow-plain-http = yes in [listen.public]",
                   "--backend.b.users: the value is not valid UTF-8",
                   "--http.verify-cookie: the value holds a control character"}),
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
