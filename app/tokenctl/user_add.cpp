#include "ask_secret.hpp"
#include "command_line.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "table_file.hpp"

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
    "input.\n";

po::options_description make_options()
{
    po::options_description options{"Options", 100};
    add_membership_options(options);
    options.add_options()("disabled", "the user cannot log in yet")(
        "expires", po::value<std::string>()->value_name("DATE"), "the last day (YYYY-MM-DD, UTC) or second");
    add_hash_options(options);
    options.add_options()("replace", "in the place of the line with that name, if there is one")("help",
                                                                                                 "this text, alone");
    return options;
}

std::string flags(command_line const& given)
{
    std::string const expires = read_date(given, "expires");
    std::string flags = given.has("disabled") ? "disabled" : "";
    if (!expires.empty())
        flags += (flags.empty() ? "expires=" : ",expires=") + expires;
    return flags;
}

// A line is written only if the plugin reads from it what was meant.
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
    auto const file = given.text("FILE");
    auto const name = given.text("NAME");
    auto const belongs = read_membership(given);
    auto const flag_column = flags(given);
    auto const hash = hash_secret(ask_secret("Password of " + name), given);

    plugin::folder_lock const lock{file};
    auto const before = read_table(file, plugin::users_file_header);
    auto const known = plugin::users::parse(before, file, nullptr);
    auto const* old = known.find(name);
    if (old != nullptr && !given.has("replace"))
        throw failure{exit_code::usage, file + ':' + std::to_string(old->line) + ": there is a user '" + name +
                                            "' already; --replace replaces it"};
    auto const line = join_columns({name, hash.text(), plugin::format_columns(belongs), flag_column});
    auto const after = with_line(before, old != nullptr ? std::optional{old->line} : std::nullopt, line);
    check_is_read_back(after, file, name, belongs, hash);
    plugin::replace_file(file, after);
    std::cout << (old != nullptr ? "replaced " : "added ") << name << " in " << file << '\n';
}

}  // namespace tokend
