#include "command_line.hpp"

#include "failure.hpp"

#include "base/text.hpp"
#include "common/date.hpp"

#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace po = boost::program_options;

namespace tokend {

argument_names::argument_names(std::string_view text)
{
    auto const bracket = std::min(text.find('['), text.size());
    for (auto const word : split_list(text.substr(0, bracket)))
        mandatory.emplace_back(word);
    auto rest = text.substr(bracket);
    if (!rest.empty())
        rest = rest.substr(1, rest.size() - 2);
    for (auto const word : split_list(rest))
        optional.emplace_back(word);
}

command_line::command_line(arguments const& given, po::options_description const& options, argument_names const& names)
{
    po::options_description all;
    po::positional_options_description places;
    all.add(options);
    for (auto const* some : {&names.mandatory, &names.optional})
        for (auto const& word : *some)
        {
            all.add_options()(word.c_str(), po::value<std::string>());
            places.add(word.c_str(), 1);
        }
    constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser{given}.options(all).positional(places).style(style).run(), values_);
    for (auto const& word : names.mandatory)
        if (text(word.c_str()).empty())
            throw failure{exit_code::usage, word + " is missing"};
}

std::vector<std::string> command_line::list(char const* name) const
{
    auto items = has(name) ? values_[name].as<std::vector<std::string>>() : std::vector<std::string>{};
    return items == std::vector<std::string>{""} ? std::vector<std::string>{} : items;
}

void command_line::refuse(char const* name, std::string const& reason) const
{
    if (has(name))
        throw failure{exit_code::usage, std::string{"--"} + name + ' ' + reason};
}

void add_text_option(po::options_description& to, char const* name, char const* value, char const* what)
{
    to.add_options()(name, po::value<std::string>()->value_name(value), what);
}

void add_membership_options(po::options_description& to)
{
    to.add_options()("unit", po::value<std::vector<std::string>>()->composing()->value_name("U"),
                     "a unit; may be repeated")("default-unit", po::value<std::string>()->value_name("U"),
                                                "the unit of a login that names none")(
        "group", po::value<std::vector<std::string>>()->composing()->value_name("G"), "a group; may be repeated");
}

plugin::membership read_membership(command_line const& from, plugin::membership before)
{
    auto read = std::move(before);
    if (from.has("unit"))
        read.units = from.list("unit");
    if (from.has("default-unit"))
        read.default_unit = from.text("default-unit");
    if (from.has("group"))
        read.groups = from.list("group");
    bool const is_known = !read.units.empty() || from.has("default-unit");  // if not, the plugin's `units` decides
    if (is_known && !read.default_unit.empty() &&
        std::find(read.units.begin(), read.units.end(), read.default_unit) == read.units.end())
        throw failure{exit_code::usage,
                      "--default-unit '" + read.default_unit + "' is none of the units given by --unit"};
    return read;
}

void add_hash_options(po::options_description& to)
{
    to.add_options()("hash", po::value<std::string>()->value_name("yescrypt|bcrypt|sha512crypt"),
                     "the scheme; yescrypt if not given")(
        "cost", po::value<std::string>()->value_name("N"),
        "the scheme's cost: 1-11 (5), 4-16 (12), 1000-10000000 (200000)");
}

plugin::password_hash hash_secret(secret const& bytes, command_line const& as_wanted)
try
{
    auto const scheme = plugin::parse_hash_scheme(as_wanted.has("hash") ? as_wanted.text("hash") : "yescrypt");
    auto const cost = parse_number(as_wanted.text("cost"));
    if (!scheme)
        throw failure{exit_code::usage,
                      "--hash '" + as_wanted.text("hash") + "', yescrypt, bcrypt or sha512crypt was meant"};
    if (as_wanted.has("cost") && !cost)
        throw failure{exit_code::usage, "--cost '" + as_wanted.text("cost") + "', a number was meant"};
    return plugin::make_hash(bytes.reveal(), *scheme, cost);
}
catch (std::invalid_argument const& wrong)
{
    throw failure{exit_code::usage, wrong.what()};
}

void set_date(std::string& column, command_line const& from, char const* name)
{
    if (!from.has(name))
        return;
    auto date = from.text(name);
    if (!date.empty() && !plugin::parse_period(date))
        throw failure{exit_code::usage, std::string{"--"} + name + " '" + date +
                                            "', a date like 2026-12-31 or 20261231T235959Z was meant"};
    column = std::move(date);
}

}  // namespace tokend
