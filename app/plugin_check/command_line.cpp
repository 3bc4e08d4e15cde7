#include "app/plugin_check/command_line.hpp"

#include "app/plugin_check/checks.hpp"

#include "app/tokend/config/file.hpp"
#include "app/tokend/config/sections.hpp"
#include "base/text.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>

#include <algorithm>
#include <iostream>
#include <utility>

namespace tokend {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

using texts = std::vector<std::string>;

constexpr std::size_t most_secret_bytes = 1024;

po::options_description known_options()
{
    po::options_description all;
    for (auto const* flag : {"help,h", "version,V", "list", "password-stdin", "code-stdin", "pass-code-stdin"})
        all.add_options()(flag, "");
    for (auto const* text :
         {"plugin", "config", "backend", "user", "identifier", "organisation", "unit", "deadline", "limit"})
        all.add_options()(text, po::value<std::string>(), "");
    for (auto const* list : {"option", "only"})
        all.add_options()(list, po::value<texts>(), "");
    return all;
}

po::variables_map parse(int argc, char const* const* argv)
try
{
    constexpr int exact_names = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::positional_options_description arguments;
    arguments.add("plugin", 1);
    auto const known = known_options();
    po::variables_map values;
    po::store(po::command_line_parser(argc, argv).options(known).positional(arguments).style(exact_names).run(),
              values);
    return values;
}
catch (po::error const& e)
{
    throw usage_error{e.what()};
}

std::string text(po::variables_map const& from, char const* name, std::string by_default = {})
{
    return from.count(name) != 0 ? from[name].as<std::string>() : std::move(by_default);
}

texts list(po::variables_map const& from, char const* name)
{
    return from.count(name) != 0 ? from[name].as<texts>() : texts{};
}

std::chrono::milliseconds duration(po::variables_map const& from, char const* name, std::chrono::milliseconds usual)
{
    if (from.count(name) == 0)
        return usual;
    auto const d = parse_duration(text(from, name));
    if (!d || d->count() <= 0)
        throw usage_error{std::string{"--"} + name + ": a duration such as 250ms, 30s or 1m is meant"};
    return *d;
}

// What the section of a backend says to its plugin.
std::vector<option_setting> read_section(fs::path const& file, std::string const& id)
{
    mistakes wrong;
    auto const section = "backend." + id;
    auto const read = read_files(fs::absolute(file), wrong);
    if (!wrong.empty())
        throw usage_error{join(std::move(wrong).in_order(), "\n")};
    std::vector<option_setting> settings;
    bool is_there = false;
    for (auto const& s : read.settings)
    {
        is_there = is_there || s.section == section;
        if (s.section == section && !s.name.empty() && find_key(section, s.name) == nullptr)
            settings.push_back({s.name, s.value, s.at.where, s.base});
    }
    if (!is_there)
        throw usage_error{file.string() + ": has no section [" + section + ']'};
    return settings;
}

std::vector<option_setting> read_settings(po::variables_map const& from)
{
    if ((from.count("config") != 0) != (from.count("backend") != 0))
        throw usage_error{"--config and --backend belong together"};
    auto settings = from.count("config") != 0 ? read_section(text(from, "config"), text(from, "backend"))
                                              : std::vector<option_setting>{};
    for (auto const& given : list(from, "option"))
    {
        auto const equals = given.find('=');
        if (equals == given.npos || equals == 0)
            throw usage_error{"--option=" + given + ": KEY=VALUE is meant"};
        auto const key = given.substr(0, equals);
        std::erase_if(settings, [&](auto const& s) { return s.name == key; });
        settings.push_back({key, given.substr(equals + 1), "--option", fs::current_path()});
    }
    return settings;
}

std::string read_secret_line(std::string const& what)
{
    std::string line;
    if (!std::getline(std::cin, line) || line.empty() || line.size() > most_secret_bytes)
        throw usage_error{"standard input: a line with the " + what + " is meant, of 1 to 1024 bytes"};
    return line;
}

// A name and, with another option, the secret that belongs to it.
void read_named(po::variables_map const& from, char const* name, char const* secret, tokend_kind kind,
                std::vector<presented>& known)
{
    bool const has_name = from.count(name) != 0;
    std::string const option{secret};
    if (has_name != (from.count(secret) != 0))
        throw usage_error{"--" + std::string{name} + " and --" + option + " belong together"};
    if (has_name)
        known.push_back({kind, text(from, name), read_secret_line(option.substr(0, option.rfind('-')))});
}

std::vector<presented> read_known(po::variables_map const& from)
{
    std::vector<presented> known;
    read_named(from, "user", "password-stdin", TOKEND_KIND_PASSWORD, known);
    if (from.count("code-stdin") != 0)
        known.push_back({TOKEND_KIND_CODE, {}, read_secret_line("code")});
    read_named(from, "identifier", "pass-code-stdin", TOKEND_KIND_IDENTIFIER, known);
    return known;
}

texts read_only(po::variables_map const& from)
{
    auto only = list(from, "only");
    for (auto const& name : only)
        if (std::ranges::find(all_checks(), name, &check::name) == all_checks().end())
            throw usage_error{"--only=" + name + ": there is no such check; see --list"};
    return only;
}

}  // namespace

std::string_view usage() noexcept
{
    return R"(Usage: tokend-plugin-check [OPTION]... PLUGIN.so

Checks a plugin against the contract of tokend/plugin.h, as tokend calls it.

  --option=KEY=VALUE    an option of the plugin; can be given again
  --config=FILE, --backend=ID
                        take the options from [backend.ID] of this configuration
  --user=NAME, --password-stdin
  --code-stdin
  --identifier=NAME, --pass-code-stdin
                        credentials that the plugin must accept; their secrets
                        are lines of standard input, in this order
  --organisation=NAME   the organisation of all questions (CHECK)
  --unit=NAME           the unit of all questions (none)
  --deadline=DURATION   the time that the plugin has for an answer (5s)
  --limit=DURATION      the time that one check may take (60s)
  --only=CHECK          run this check alone; can be given again
  --list                list the checks, and exit
  -V, --version         print the version, and exit
  -h, --help            print this text, and exit

Exit status: 0 the plugin keeps the contract, 1 it does not, 64 bad command line.
)";
}

request read_command_line(int argc, char const* const* argv)
{
    auto const given = parse(argc, argv);
    request wanted;
    for (auto const& [option, what] : {std::pair{"help", request::action::help},
                                       {"version", request::action::version},
                                       {"list", request::action::list}})
        if (given.count(option) != 0)
        {
            wanted.what = what;
            return wanted;
        }
    fs::path const file = text(given, "plugin");
    if (file.extension() != ".so")
        throw usage_error{file.empty() ? "a plugin is meant, as PLUGIN.so; see --help"
                                       : file.string() + ": PLUGIN.so is meant"};
    wanted.only = read_only(given);
    auto& p = wanted.checked;
    p.folder = fs::absolute(file).parent_path();
    p.name = file.stem().string();
    p.organisation = text(given, "organisation", p.organisation);
    p.unit = text(given, "unit");
    p.deadline = duration(given, "deadline", p.deadline);
    p.limit = duration(given, "limit", p.limit);
    p.settings = read_settings(given);
    p.where = "the options that were given";
    p.known = read_known(given);
    return wanted;
}

}  // namespace tokend
