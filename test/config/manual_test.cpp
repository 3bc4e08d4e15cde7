#include "app/tokend/config/keys.hpp"
#include "app/tokend/config/print.hpp"
#include "app/tokend/config/values.hpp"
#include "config/configured.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

// etc/tokend.conf is the manual: it must name every key at its default, and nothing else.
namespace tokend::test {
namespace {

std::string read_file(std::filesystem::path const& file)
{
    std::ifstream in{file};
    std::ostringstream text;
    text << in.rdbuf();
    BOOST_TEST_REQUIRE(!text.str().empty(), file);
    return text.str();
}

// A commented-out key or section follows its '#' directly, an explanation follows after a blank.
std::string uncommented()
{
    std::istringstream in{read_file(TEST_MANUAL)};
    std::string text;
    for (std::string line; std::getline(in, line);)
        text += (line.size() > 1 && line[0] == '#' && line[1] != ' ' ? line.substr(1) : line) + '\n';
    return text;
}

BOOST_AUTO_TEST_SUITE(manual_)

BOOST_AUTO_TEST_CASE(as_it_comes_it_changes_nothing)
{
    BOOST_TEST(print(configured{read_file(TEST_MANUAL)}.load()) == print(configuration{}));
}

BOOST_AUTO_TEST_CASE(uncommented_it_loads_and_sets_every_key_to_its_default)
{
    auto const config = configured{uncommented()}.load();
    configuration defaults;
    defaults.backends.emplace_back();
    defaults.organisations.emplace_back();
    for (auto const& k : all_keys())
    {
        auto section = std::string{k.section};
        if (k.section == listener_sections)
            section = "listen.public";
        if (k.section == backend_sections)
            section = "backend.staff";
        if (k.section == organisation_sections)
            section = "organisation.EXAMPLE";
        auto const name = section + '.' + std::string{k.name};
        BOOST_TEST(config.sources.contains(name), name << " is missing");
        auto const usual = k.show(defaults, 0);
        BOOST_TEST((usual.empty() || k.show(config, 0) == usual),
                   name << " is shown as " << k.show(config, 0) << ", not " << usual);
    }
}

BOOST_AUTO_TEST_CASE(it_sets_nothing_but_keys_and_its_examples)
{
    auto const config = configured{uncommented()}.load();
    auto const examples = std::count_if(config.sources.begin(), config.sources.end(), [](auto const& source) {
        return source.first.starts_with("backend.devices.") || source.first.starts_with("backend.corp.");
    });
    BOOST_TEST(config.sources.size() == all_keys().size() + static_cast<std::size_t>(examples));
}

BOOST_AUTO_TEST_CASE(the_demonstration_has_two_tenants_on_loopback)
{
    auto const config = load(parse({"--config=" TEST_DEMONSTRATION, "--server.allow-loose-modes=yes"}));
    BOOST_TEST_REQUIRE(config.organisations.size() == 2U);
    BOOST_TEST(config.organisations[0].name == "CRMDEMO");
    BOOST_TEST(config.organisations[1].name == "ACME");
    BOOST_TEST((config.organisations[1].lifetimes.policy == lifetime_policy::sliding));
    BOOST_TEST_REQUIRE(config.listeners.size() == 1U);
    BOOST_TEST(values::addresses{}.write(config.listeners[0].addresses) == "127.0.0.1:8080");
}

BOOST_AUTO_TEST_CASE(the_demonstration_locks_nobody_out)
{
    auto const config = load(parse({"--config=" TEST_DEMONSTRATION, "--server.allow-loose-modes=yes"}));
    BOOST_TEST(config.login.lockout.failures == 0U);
    for (auto const& o : config.organisations)
        BOOST_TEST((o.lockout == config.login.lockout && o.lockout.name_failures == 0));
}

BOOST_AUTO_TEST_CASE(the_demonstration_caps_no_sessions)
{
    auto const config = load(parse({"--config=" TEST_DEMONSTRATION, "--server.allow-loose-modes=yes"}));
    for (auto const& o : config.organisations)
    {
        BOOST_TEST(o.limits.max_sessions == token_limits::none);
        BOOST_TEST((config.max_tokens_of(o) == portion{.value = 100, .is_percentage = true}));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
