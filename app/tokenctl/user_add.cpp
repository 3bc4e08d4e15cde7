#include "command_line.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "new_secret.hpp"
#include "users_table.hpp"

#include "common/file_error.hpp"
#include "common/replace_file.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <string>

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
    add_generate_option(options);
    add_hash_options(options);
    options.add_options()("replace", "changes the line with that name, if there is one");
    add_help_option(options);
    return options;
}

// The flags of a record, after the options set or removed those that they name.
std::string changed_flags(std::string_view before, command_line const& given)
{
    std::string expires;
    set_date(expires, given, "expires");
    auto kept = without_flags(before, [&](std::string_view flag) {
        return (flag == "disabled" && (given.has("enabled") || given.has("disabled"))) ||
               (flag.starts_with("expires=") && given.has("expires"));
    });
    if (given.has("disabled"))
        kept = with_flag(kept, "disabled");
    if (!expires.empty())
        kept = with_flag(kept, "expires=" + expires);
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
    auto const password = new_secret(given, "Password of " + name);
    auto const new_hash = hash_secret(password, given);

    plugin::folder_lock const lock{file};
    auto const before = read_table(file, plugin::users_file_header);
    auto const known = plugin::users::parse(before, file, nullptr);
    auto const* old = known.find(name);
    if (old != nullptr && !given.has("replace"))
        throw failure{exit_code::usage, file + ':' + std::to_string(old->line) + ": there is a user '" + name +
                                            "' already; --replace replaces it"};
    auto const belongs = read_membership(given, old != nullptr ? old->who.belongs : plugin::membership{});
    auto line = old != nullptr ? columns{before, old->line, user_column_count} : columns{user_column_count};
    line[user_name] = name;
    line[user_hash] = new_hash.text();
    set_membership(line, user_units, belongs);
    line[user_flags] = changed_flags(line[user_flags], given);
    auto const after = with_line(before, old != nullptr ? std::optional{old->line} : std::nullopt, line.joined());
    check_is_read_back(after, file, name, belongs, new_hash);
    plugin::replace_file(file, after);
    report(given, password, (old != nullptr ? "replaced " : "added ") + name + " in " + file);
}

}  // namespace tokend
