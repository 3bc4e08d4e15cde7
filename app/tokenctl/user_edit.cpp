#include "ask_secret.hpp"
#include "command_functions.hpp"
#include "failure.hpp"
#include "new_secret.hpp"
#include "output.hpp"
#include "password_policy.hpp"
#include "users_table.hpp"

#include "base/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

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

}  // namespace

void add_password_options(option_list& to)
{
    add_generate_option(to);
    add_policy_options(to);
    add_hash_options(to);
}

void set_password(command_line const& given)
{
    auto const file = given.text("FILE");
    auto const name = given.text("NAME");
    find_user(read_users(file), file, name);  // before it asks
    auto const password = new_password(given, "New password of ", name);
    auto const hash = hash_secret(password, given);
    edit_record(file, line_of_user(file, name), [&](columns& record) { record[user_hash] = hash.text(); });
    report(given, password, "changed the password of " + name + " in " + file);
}

void list_users(command_line const& given)
{
    auto const known = read_users(given.text("FILE"));
    std::vector<plugin::user const*> all;
    for (auto const& [name, one] : known.all())
        all.push_back(&one);
    std::ranges::sort(all, {}, &plugin::user::line);
    boost::json::array rows;
    for (auto const* one : all)
        rows.push_back(row_of(*one));
    print(read_format(given), rows);
}

void show_user(command_line const& given)
{
    auto const file = given.text("FILE");
    print(read_format(given), {row_of(find_user(read_users(file), file, given.text("NAME")))});
}

void disable_user(command_line const& given)
{
    edit_record(given.text("FILE"), line_of_user(given.text("FILE"), given.text("NAME")),
                [](columns& record) { record[user_flags] = with_flag(record[user_flags], "disabled"); });
    std::cout << "disabled " << given.text("NAME") << " in " << given.text("FILE") << '\n';
}

void enable_user(command_line const& given)
{
    edit_record(given.text("FILE"), line_of_user(given.text("FILE"), given.text("NAME")), [](columns& record) {
        record[user_flags] = without_flags(
            record[user_flags], [](std::string_view flag) { return flag == "disabled" || flag == "locked"; });
    });
    std::cout << "enabled " << given.text("NAME") << " in " << given.text("FILE") << '\n';
}

void remove_user(command_line const& given)
{
    remove_record(given.text("FILE"), line_of_user(given.text("FILE"), given.text("NAME")));
    std::cout << "removed " << given.text("NAME") << " from " << given.text("FILE") << '\n';
}

void verify_user(command_line const& given)
{
    auto const file = given.text("FILE");
    auto const name = given.text("NAME");
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
