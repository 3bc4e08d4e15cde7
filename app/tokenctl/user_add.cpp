#include "command_functions.hpp"
#include "failure.hpp"
#include "new_secret.hpp"
#include "users_table.hpp"

#include "common/file_error.hpp"
#include "common/replace_file.hpp"

#include <string>

namespace tokend {
namespace {

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

void add_user_options(option_list& to)
{
    add_membership_options(to);
    to.add_options()("disabled", "the user cannot log in yet")("enabled", "the user can log in, with --replace");
    add_text_option(to, "expires", "DATE", "the last day (YYYY-MM-DD, UTC) or second");
    add_password_options(to);
    to.add_options()("replace", "changes the line with that name, if there is one");
}

void add_user(command_line const& given)
{
    if (given.has("disabled"))
        given.refuse("enabled", "does not go with --disabled");
    auto const file = given.text("FILE");
    auto const name = given.text("NAME");
    read_membership(given, {});  // reports mistakes before it asks for the password
    changed_flags("", given);
    auto const password = new_password(given, "Password of ", name);
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
