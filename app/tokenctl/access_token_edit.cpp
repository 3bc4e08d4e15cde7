#include "access_token_table.hpp"
#include "code_key_file.hpp"
#include "command_functions.hpp"
#include "failure.hpp"
#include "new_secret.hpp"
#include "output.hpp"

#include "base/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

// The commands for the access tokens that are in a file already.
namespace tokend {
namespace {

boost::json::object row_of(plugin::access_token const& one)
{
    auto const date = [](std::optional<plugin::instant> const& at) {
        return at ? boost::json::value(format_rfc3339(*at)) : boost::json::value{};
    };
    return {{"which", name_of(one)},
            {"owner", one.who.name},
            {"state", one.is_effective ? "effective" : "not effective"},
            {"default_unit", one.who.belongs.default_unit},
            {"units", texts_of(one.who.belongs.units)},
            {"groups", texts_of(one.who.belongs.groups)},
            {"begins", date(one.begins)},
            {"ends", date(one.who.ends)},
            {"api_key", one.who.is_api_key},
            {"line", one.line}};
}

void print(output_format format, boost::json::array const& rows)
{
    row_printer printer{format,
                        {{"WHICH", "which"},
                         {"OWNER", "owner"},
                         {"STATE", "state"},
                         {"API KEY", "api_key"},
                         {"UNITS", "units"},
                         {"GROUPS", "groups"},
                         {"BEGINS", "begins"},
                         {"ENDS", "ends"}}};
    printer.print(rows);
}

void set_state(command_line const& given, char const* state, char const* done)
{
    auto const file = given.text("FILE");
    auto const one = given.text("WHICH");
    edit_record(file, line_of_access_token(file, one), [&](columns& record) { record[token_state] = state; });
    std::cout << done << ' ' << one << " in " << file << '\n';
}

}  // namespace

void list_access_tokens(command_line const& given)
{
    auto const known = plugin::access_tokens::parse(read_existing_table(given.text("FILE")), given.text("FILE"));
    auto all = known.all();
    std::ranges::sort(all, {}, &plugin::access_token::line);
    boost::json::array rows;
    for (auto const* one : all)
        rows.push_back(row_of(*one));
    print(read_format(given), rows);
}

void show_access_token(command_line const& given)
{
    auto const file = given.text("FILE");
    auto const known = plugin::access_tokens::parse(read_existing_table(file), file);
    print(read_format(given), {row_of(find_access_token(known, file, given.text("WHICH")))});
}

void enable_access_token(command_line const& given) { set_state(given, "EFFECTIVE", "enabled"); }

void disable_access_token(command_line const& given) { set_state(given, "NOT_EFFECTIVE", "disabled"); }

void remove_access_token(command_line const& given)
{
    auto const file = given.text("FILE");
    remove_record(file, line_of_access_token(file, given.text("WHICH")));
    std::cout << "removed " << given.text("WHICH") << " from " << file << '\n';
}

void add_rotation_options(option_list& to)
{
    add_text_option(to, "key-file", "FILE", "key for the digests of codes (FILE.key)");
    add_generate_option(to);
    add_hash_options(to);
}

// A code that is rotated is another record for tokend: tokens of the old one end.
void rotate_access_token(command_line const& given)
{
    auto const file = given.text("FILE");
    auto const one = given.text("WHICH");
    auto const known = plugin::access_tokens::parse(read_existing_table(file), file);
    bool const is_code = name_of(find_access_token(known, file, one)).starts_with("code:");
    secret made;
    std::string next;
    if (is_code)
    {
        for (auto const* option : {"hash", "cost"})
            given.refuse(option, "goes with an identifier");
        auto const key =
            read_code_key(given.has("key-file") ? given.text("key-file") : file + ".key", if_missing::refuse);
        made = new_code(given, "New authentication code");
        next = key.digest(made.reveal());
    }
    else
    {
        given.refuse("key-file", "goes with a code");
        made = new_secret(given, "New pass code of " + one);
        next = hash_secret(made, given).text();
    }
    edit_record(file, line_of_access_token(file, one), [&](columns& record) { record[token_secret] = next; });
    report(given, made, "rotated " + one + " in " + file);
}

}  // namespace tokend
