#include "ask_secret.hpp"
#include "command_line.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "table_file.hpp"

#include "base/text.hpp"
#include "common/file_error.hpp"
#include "common/replace_file.hpp"
#include "file/users.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <iostream>

namespace po = boost::program_options;

namespace tokend {
namespace {

constexpr char const* usage =
    "Usage: tokenctl user add [OPTION]... FILE NAME\n"
    "Adds a user to a file of the plugin `file`. The password is asked for, or is one line of standard "
    "input.\n"
    "With --replace a user who is there keeps everything but the password and what options name; an empty value, as\n"
    "in --group '', takes away what was there.\n";

po::options_description make_options()
{
    po::options_description options{"Options", 100};
    add_membership_options(options);
    options.add_options()("disabled", "the user cannot log in yet")("enabled", "the user can log in, with --replace")(
        "expires", po::value<std::string>()->value_name("DATE"), "the last day (YYYY-MM-DD, UTC) or second");
    add_hash_options(options);
    options.add_options()("replace", "changes the line with that name, if there is one");
    add_help_option(options);
    return options;
}

enum column : std::size_t
{
    username,
    hash,
    units,
    default_unit,
    groups,
    flags,
    column_count
};

// The flags of a record, after the options set or removed those that they name.
std::string changed_flags(std::string_view before, command_line const& given)
{
    std::string expires;
    set_date(expires, given, "expires");
    std::string kept;
    auto const keep = [&](std::string_view flag) { kept.append(kept.empty() ? "" : ",").append(flag); };
    for (auto const flag : split_list(before))
        if (!(flag == "disabled" && (given.has("enabled") || given.has("disabled"))) &&
            !(flag.starts_with("expires=") && given.has("expires")))
            keep(flag);
    if (given.has("disabled"))
        keep("disabled");
    if (!expires.empty())
        keep("expires=" + expires);
    return kept;
}

// Refuses to write a line from which the plugin would read something else.
void check_is_read_back(std::string const& text, std::string const& file, std::string const& name,
                        plugin::membership const& meant, plugin::password_hash const& hash)
try
{
    auto const read = plugin::users::parse(text, file, nullptr);
    auto const* user = read.find(name);
    if (user == nullptr || user->who.belongs != meant || user->hash != hash)
        throw failure{exit_code::usage,
                      "not written: a name, unit or group with a character that means something in the file"};
}
catch (plugin::file_error const& wrong)
{
    throw failure{exit_code::usage, std::string{"not written: "} + wrong.what()};
}

}  // namespace

void add_user(arguments const& words)
{
    auto const options = make_options();
    if (wants_help(words, usage, options))
        return;
    command_line const given{words, options, {"FILE", "NAME"}};
    if (given.has("disabled"))
        given.refuse("enabled", "does not go with --disabled");
    auto const file = given.text("FILE");
    auto const name = given.text("NAME");
    read_membership(given, {});  // reports mistakes before it asks for the password
    changed_flags("", given);
    auto const new_hash = hash_secret(ask_secret("Password of " + name), given);

    plugin::folder_lock const lock{file};
    auto const before = read_table(file, plugin::users_file_header);
    auto const known = plugin::users::parse(before, file, nullptr);
    auto const* old = known.find(name);
    if (old != nullptr && !given.has("replace"))
        throw failure{exit_code::usage, file + ':' + std::to_string(old->line) + ": there is a user '" + name +
                                            "' already; --replace replaces it"};
    auto const belongs = read_membership(given, old != nullptr ? old->who.belongs : plugin::membership{});
    auto line = old != nullptr ? columns{before, old->line, column_count} : columns{column_count};
    line[username] = name;
    line[hash] = new_hash.text();
    set_membership(line, units, belongs);
    line[flags] = changed_flags(line[flags], given);
    auto const after = with_line(before, old != nullptr ? std::optional{old->line} : std::nullopt, line.joined());
    check_is_read_back(after, file, name, belongs, new_hash);
    plugin::replace_file(file, after);
    std::cout << (old != nullptr ? "replaced " : "added ") << name << " in " << file << '\n';
}

}  // namespace tokend
