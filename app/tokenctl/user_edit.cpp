#include "ask_secret.hpp"
#include "command_line.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "new_secret.hpp"
#include "output.hpp"
#include "users_table.hpp"

#include "base/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/program_options/options_description.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

namespace po = boost::program_options;

// The commands for the users who are in a file already.
namespace tokend {
namespace {

boost::json::object row_of(plugin::user const& one)
{
    auto const& who = one.who;
    boost::json::object row{{"username", who.name},
                            {"units", texts_of(who.belongs.units)},
                            {"default_unit", who.belongs.default_unit},
                            {"groups", texts_of(who.belongs.groups)},
                            {"state", one.is_disabled     ? "disabled"
                                      : one.is_locked     ? "locked"
                                      : one.hash.locked() ? "no password"
                                                          : "enabled"}};
    if (who.ends)
        row["expires"] = format_rfc3339(*who.ends);
    else
        row["expires"] = nullptr;
    row["line"] = one.line;
    return row;
}

void print(output_format format, boost::json::array const& rows)
{
    row_printer printer{format,
                        {{"USER", "username"},
                         {"STATE", "state"},
                         {"DEFAULT UNIT", "default_unit"},
                         {"UNITS", "units"},
                         {"GROUPS", "groups"},
                         {"EXPIRES", "expires"}}};
    printer.print(rows);
}

po::options_description no_options() { return po::options_description{"Options", 100}; }

po::options_description format_options()
{
    auto options = no_options();
    add_format_option(options);
    return options;
}

}  // namespace

void set_password(arguments const& words)
{
    auto options = no_options();
    add_generate_option(options);
    add_hash_options(options);
    auto const given =
        read_words(words,
                   "Usage: tokenctl user passwd [OPTION]... FILE NAME\n"
                   "Changes the password of a user. It is asked for, or is one line of standard input.\n",
                   options, {"FILE", "NAME"});
    if (!given)
        return;
    auto const file = given->text("FILE");
    auto const name = given->text("NAME");
    find_user(read_users(file), file, name);  // before it asks
    auto const password = new_secret(*given, "New password of " + name);
    auto const hash = hash_secret(password, *given);
    edit_record(file, line_of_user(file, name), [&](columns& record) { record[user_hash] = hash.text(); });
    report(*given, password, "changed the password of " + name + " in " + file);
}

void list_users(arguments const& words)
{
    auto const given = read_words(words, "Usage: tokenctl user list [OPTION]... FILE\nShows the users of a file.\n",
                                  format_options(), {"FILE"});
    if (!given)
        return;
    auto const known = read_users(given->text("FILE"));
    std::vector<plugin::user const*> all;
    for (auto const& [name, one] : known.all())
        all.push_back(&one);
    std::ranges::sort(all, {}, &plugin::user::line);
    boost::json::array rows;
    for (auto const* one : all)
        rows.push_back(row_of(*one));
    print(read_format(*given), rows);
}

void show_user(arguments const& words)
{
    auto const given = read_words(words, "Usage: tokenctl user show [OPTION]... FILE NAME\nShows one user of a file.\n",
                                  format_options(), {"FILE", "NAME"});
    if (!given)
        return;
    auto const file = given->text("FILE");
    print(read_format(*given), {row_of(find_user(read_users(file), file, given->text("NAME")))});
}

void disable_user(arguments const& words)
{
    auto const given = read_words(
        words, "Usage: tokenctl user disable FILE NAME\nThe user cannot log in any more, and live tokens end.\n",
        no_options(), {"FILE", "NAME"});
    if (!given)
        return;
    edit_record(given->text("FILE"), line_of_user(given->text("FILE"), given->text("NAME")),
                [](columns& record) { record[user_flags] = with_flag(record[user_flags], "disabled"); });
    std::cout << "disabled " << given->text("NAME") << " in " << given->text("FILE") << '\n';
}

void enable_user(arguments const& words)
{
    auto const given =
        read_words(words, "Usage: tokenctl user enable FILE NAME\nA user who is disabled or locked can log in again.\n",
                   no_options(), {"FILE", "NAME"});
    if (!given)
        return;
    edit_record(given->text("FILE"), line_of_user(given->text("FILE"), given->text("NAME")), [](columns& record) {
        record[user_flags] = without_flags(
            record[user_flags], [](std::string_view flag) { return flag == "disabled" || flag == "locked"; });
    });
    std::cout << "enabled " << given->text("NAME") << " in " << given->text("FILE") << '\n';
}

void remove_user(arguments const& words)
{
    auto const given =
        read_words(words, "Usage: tokenctl user remove FILE NAME\nTakes the user out of the file. Live tokens end.\n",
                   no_options(), {"FILE", "NAME"});
    if (!given)
        return;
    remove_record(given->text("FILE"), line_of_user(given->text("FILE"), given->text("NAME")));
    std::cout << "removed " << given->text("NAME") << " from " << given->text("FILE") << '\n';
}

void verify_user(arguments const& words)
{
    auto const given =
        read_words(words,
                   "Usage: tokenctl user verify FILE NAME\n"
                   "Tells whether the user could log in with a password, which is asked for, or is one line\n"
                   "of standard input. The exit code is 0 or 1.\n",
                   no_options(), {"FILE", "NAME"});
    if (!given)
        return;
    auto const file = given->text("FILE");
    auto const name = given->text("NAME");
    auto const known = read_users(file);
    find_user(known, file, name);
    auto const password = ask_secret("Password of " + name, asked::once);
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto const judged = known.check(name, password.reveal(), now);
    if (judged.verdict != plugin::verdict::accept)
        throw failure{exit_code::refused, std::string{judged.reason}};
    std::cout << "the password is right\n";
}

}  // namespace tokend
