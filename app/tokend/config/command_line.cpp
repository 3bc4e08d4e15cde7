#include "app/tokend/config/command_line.hpp"

#include "app/tokend/config/sections.hpp"
#include "app/tokend/config/spelling.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace tokend {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr std::string_view usage = R"(Usage: tokend [OPTION]... [--SECTION.KEY=VALUE]...

Answers HTTP requests for authentication tokens until SIGTERM or SIGINT.

  --config=FILE       the configuration, /etc/tokend/tokend.conf if not given;
                      conf.d/*.conf beside it is read after it
  --take-over         replace the tokend that listens on take-over-socket: its
                      sockets stay open, and it ends before this one serves
  -t, --check         say all that is wrong with the configuration and what a
                      start needs besides, and exit
  --print-config      print the value of every key and where it was set, and exit
  --plugin-help=NAME  print the options of a plugin, and exit
  -v, -V, --version   print the version, and exit
  -h, --help          print this text, and exit

Exit status: 0 done, 64 bad command line, 69 an address cannot be used, 70 internal error, 78 bad configuration.

Every key of the configuration is an option too, and wins over the file:
)";

struct action_name
{
    std::string_view option;
    tokend::action action;
};
constexpr action_name actions[] = {{"check", action::check},
                                   {"print-config", action::print_config},
                                   {"version", action::version},
                                   {"-V", action::version},
                                   {"help", action::help}};

// Splits "backend.staff.users" into "backend.staff" and "users". Ids and keys have no dot.
std::pair<std::string, std::string> split_name(std::string const& name)
{
    auto const dot = name.rfind('.');
    return {name.substr(0, dot), name.substr(dot + 1)};
}

po::options_description known_options()
{
    po::options_description known;
    auto const text = [] { return po::value<std::string>(); };
    known.add_options()("help,h", "")("version,v", "")(",V", "")("check,t", "")("print-config", "")("take-over", "");
    known.add_options()("config", text(), "")("plugin-help", text(), "");
    for (auto const kind : {listener_sections, backend_sections, organisation_sections})
        known.add_options()((std::string{kind.substr(0, kind.find('.'))} + ".*").c_str(), text(), "");
    for (auto const& k : all_keys())
        if (!id_of(k.section))
            known.add_options()((std::string{k.section} + '.' + std::string{k.name}).c_str(), text(), "");
    return known;
}

// The message does not repeat the text after '=', which may be a secret in the wrong place. REQUIRES: `option` begins
// with a dash.
std::string unknown_option(std::string option)
{
    option.resize(std::min(option.find('='), option.size()));
    auto const name = option.substr(std::min(option.find_first_not_of('-'), option.size()));
    std::vector<std::string> names{"config", "plugin-help", "take-over"};
    for (auto const& a : actions)
        names.emplace_back(a.option);
    for (auto const& k : all_keys())
        names.push_back(std::string{k.section} + '.' + std::string{k.name});
    auto const meant = nearest(name, std::vector<std::string_view>{names.begin(), names.end()});
    return "unknown option '" + option + "'; " +
           (meant.empty() ? "see tokend --help" : "did you mean '--" + std::string{meant} + "'?");
}

// Program_options takes an empty value only as an argument of its own, so --SECTION.KEY= becomes two.
std::vector<std::string> arguments_of(int argc, char const* const* argv)
{
    std::vector<std::string> arguments;
    for (int i = 1; i < argc; ++i)
    {
        std::string_view const argument{argv[i]};
        bool const is_key = argument.starts_with("--") && argument.find('.') != argument.npos;
        bool const is_empty = is_key && argument.find('=') == argument.size() - 1;
        arguments.emplace_back(argument.substr(0, argument.size() - is_empty));
        if (is_empty)
            arguments.emplace_back();
    }
    return arguments;
}

std::vector<po::option> parse(int argc, char const* const* argv)
try
{
    constexpr int exact_names = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    auto const known = known_options();
    return po::command_line_parser(arguments_of(argc, argv)).options(known).style(exact_names).run().options;
}
catch (po::unknown_option const& e)
{
    throw usage_error{unknown_option(e.get_option_name())};
}
catch (po::error const& e)
{
    throw usage_error{std::string{e.what()} + "; see tokend --help"};
}

setting make_setting(po::option const& option, std::size_t order)
{
    auto const& name = option.string_key;
    auto const [section, key] = split_name(name);
    auto mistake = section_mistake(section);
    if (mistake.empty())
        mistake = key_mistake(section, key);
    if (!mistake.empty() || key.empty())
        throw usage_error{"--" + name + ": " + (mistake.empty() ? "a key is missing behind the last dot" : mistake)};
    return {section, key, option.value.at(0), {"--" + name, order}, fs::current_path()};
}

std::optional<action> find_action(std::string_view option)
{
    for (auto const& a : actions)
        if (a.option == option)
            return a.action;
    return std::nullopt;
}

void choose(command_line& line, action wanted)
{
    if (line.action != action::run && line.action != wanted)
        throw usage_error{"give one of --check, --print-config, --plugin-help, --version and --help"};
    line.action = wanted;
}

}  // namespace

command_line parse_command_line(int argc, char const* const* argv)
{
    command_line line;
    for (auto const& option : parse(argc, argv))
    {
        auto const& name = option.string_key;
        if (option.position_key >= 0)
            throw usage_error{"'" + option.value.at(0) + "' is no option; see tokend --help"};
        if (option.original_tokens.size() == 2 && option.original_tokens[1].starts_with("--"))
            throw usage_error{"--" + name + " needs a value; write --" + name + "=VALUE"};
        if (name == "config")
            line.config = option.value.at(0);
        else if (name == "take-over")
            line.takes_over = true;
        else if (auto const wanted = find_action(name))
            choose(line, *wanted);
        else if (name == "plugin-help")
        {
            choose(line, action::plugin_help);
            line.plugin = option.value.at(0);
        }
        else
            line.settings.push_back(make_setting(option, line.settings.size()));
    }
    if (line.takes_over && line.action != action::run)
        throw usage_error{"--take-over starts tokend, so give it without --check, --print-config, --plugin-help, "
                          "--version and --help"};
    return line;
}

fs::path plugin_directory(command_line const& from)
{
    auto directory = configuration{}.plugin_directory;
    for (auto const& s : from.settings)
        if (s.section == "server" && s.name == "plugin-directory")
            directory = s.base / s.value;
    return directory;
}

std::string help_text()
{
    configuration defaults;
    defaults.backends.emplace_back();
    defaults.organisations.emplace_back();
    std::string text{usage};
    std::string_view section;
    for (auto const& k : all_keys())
    {
        if (k.section != section)
            text += "\n[" + std::string{k.section} + "]\n";
        section = k.section;
        text += "  --" + std::string{section} + '.' + std::string{k.name} + '=' + k.show(defaults, 0) + '\n';
        text += "      " + std::string{k.help} + "\n      Takes " + k.meant + '.' +
                (k.when == takes_effect::on_reload ? "" : " Needs a restart.") + '\n';
    }
    return text + "\nA backend's section also takes the options of its plugin: see --plugin-help=NAME.\n";
}

}  // namespace tokend
