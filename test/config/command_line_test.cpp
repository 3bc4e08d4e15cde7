#include "app/tokend/config/command_line.hpp"

#include "app/tokend/config/keys.hpp"
#include "app/tokend/config/spelling.hpp"
#include "config/configured.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <ostream>

namespace tokend::test {
namespace {

struct refused
{
    std::vector<std::string> arguments;
    std::string expected;
};
std::ostream& operator<<(std::ostream& out, refused const& r)
{
    for (auto const& a : r.arguments)
        out << a << ' ';
    return out;
}

refused const table[] = {
    {{"--sever.workers=1"}, "unknown option '--sever.workers'; did you mean '--server.workers'?"},
    {{"--chec"}, "unknown option '--chec'; did you mean '--check'?"},
    {{"--nothing-like-it=hunter2"}, "unknown option '--nothing-like-it'; see tokend --help"},
    {{"-x"}, "unknown option '-x'; see tokend --help"},
    {{"tokend.conf"}, "'tokend.conf' is no option; see tokend --help"},
    {{"--check=yes"}, "option '--check' does not take any arguments; see tokend --help"},
    {{"--server.workers"}, "the required argument for option '--server.workers' is missing; see tokend --help"},
    {{"--server.workers", "--check"}, "--server.workers needs a value; write --server.workers=VALUE"},
    {{"--config="},
     "the argument for option '--config' should follow immediately after the equal sign; see tokend --help"},
    {{"--check", "--version"}, "give one of --check, --print-config, --plugin-help, --version and --help"},
    {{"--plugin-help=file", "--check"}, "give one of --check, --print-config, --plugin-help, --version and --help"},
    {{"--take-over", "--check"},
     "--take-over starts tokend, so give it without --check, --print-config, --plugin-help, --version and --help"},
    {{"--take-ove"}, "unknown option '--take-ove'; did you mean '--take-over'?"},
    {{"--backend.x=1"},
     "--backend.x: unknown section [backend]; there are [server], [listen.NAME], [http], [login], [tokens], "
     "[log], [audit], [admin], [backend.ID], [organisation.ID]"},
    {{"--backend.a b.plugin=x"},
     "--backend.a b.plugin: the id in [backend.a b] must be 1 to 64 letters, digits, '_' or '-'"},
    {{"--backend.x.=1"}, "--backend.x.: a key is missing behind the last dot"},
    {{"--listen.public.adress=1"},
     "--listen.public.adress: unknown key 'adress' in [listen.public]; did you mean 'address'?"},
    {{"--organisation.x.nam=1"}, "--organisation.x.nam: unknown key 'nam' in [organisation.x]; did you mean 'name'?"},
};

BOOST_AUTO_TEST_SUITE(command_line_)

BOOST_DATA_TEST_CASE(what_makes_no_sense_is_refused, boost::unit_test::data::make(table), sample)
{
    BOOST_CHECK_EXCEPTION(parse(sample.arguments), usage_error, [&](usage_error const& e) {
        BOOST_TEST(e.what() == sample.expected);
        return true;
    });
}

BOOST_AUTO_TEST_CASE(without_options_tokend_runs_with_its_usual_file)
{
    auto const line = parse({});
    BOOST_TEST((line.action == action::run));
    BOOST_TEST(line.config == "/etc/tokend/tokend.conf");
    BOOST_TEST(line.settings.empty());
}

BOOST_AUTO_TEST_CASE(the_last_config_wins) { BOOST_TEST(parse({"--config=a", "--config", "b"}).config == "b"); }

BOOST_AUTO_TEST_CASE(each_action_has_its_option)
{
    BOOST_TEST((parse({"--check"}).action == action::check));
    BOOST_TEST((parse({"--print-config"}).action == action::print_config));
    BOOST_TEST((parse({"--version"}).action == action::version));
    BOOST_TEST((parse({"--help"}).action == action::help));
    BOOST_TEST((parse({"-h"}).action == action::help));
    BOOST_TEST((parse({"-t"}).action == action::check));
    BOOST_TEST((parse({"-v"}).action == action::version));
    BOOST_TEST((parse({"-V"}).action == action::version));
    auto const help = parse({"--plugin-help", "file"});
    BOOST_TEST((help.action == action::plugin_help));
    BOOST_TEST(help.plugin == "file");
}

BOOST_AUTO_TEST_CASE(a_key_keeps_its_value_as_given)
{
    auto const line = parse({"--backend.staff.users=a=b, c", "--http.verify-cookie", "", "--tokens.file="});
    BOOST_TEST_REQUIRE(line.settings.size() == 3U);
    BOOST_TEST(line.settings[0].section == "backend.staff");
    BOOST_TEST(line.settings[0].name == "users");
    BOOST_TEST(line.settings[0].value == "a=b, c");
    BOOST_TEST(line.settings[0].at.where == "--backend.staff.users");
    BOOST_TEST(line.settings[1].value == "");
    BOOST_TEST(line.settings[2].name == "file");
    BOOST_TEST(line.settings[2].value == "");
}

BOOST_AUTO_TEST_CASE(plugin_help_looks_where_the_command_line_says)
{
    BOOST_TEST(plugin_directory(parse({})) == configuration{}.plugin_directory);
    BOOST_TEST(plugin_directory(parse({"--server.plugin-directory=/a", "--server.plugin-directory=/b"})) == "/b");
}

BOOST_AUTO_TEST_CASE(the_help_names_every_key)
{
    auto const help = help_text();
    for (auto const& k : all_keys())
        BOOST_TEST(help.find("--" + std::string{k.section} + '.' + std::string{k.name} + '=') != std::string::npos,
                   k.name);
}

BOOST_AUTO_TEST_CASE(the_nearest_word_is_near)
{
    constexpr std::array<std::string_view, 3> words{"workers", "deadline", "a"};
    BOOST_TEST(nearest("worker", words) == "workers");
    BOOST_TEST(nearest("dedlien", words) == "");
    BOOST_TEST(nearest("deadlin", words) == "deadline");
    BOOST_TEST(nearest("b", words) == "a");
    BOOST_TEST(nearest("bc", words) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tokend::test
