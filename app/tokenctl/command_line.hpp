#pragma once

#include "base/secret.hpp"
#include "common/account.hpp"
#include "common/password.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What the command lines of all commands share. Everything here throws boost::program_options::error or failure.
namespace tokend {

using arguments = std::vector<std::string>;  // after the words that name the command

// The names of a command's arguments: "FILE NAME", "[ACCESSOR]". Those from the first bracket on may be left out.
struct argument_names
{
    explicit argument_names(std::string_view text);

    std::vector<std::string> mandatory;
    std::vector<std::string> optional;
};

// The words of one command: its options and its arguments. No option name is guessed.
class command_line
{
public:
    command_line(arguments const& given, boost::program_options::options_description const& options,
                 argument_names const& names);

    bool has(char const* name) const { return values_.count(name) != 0; }
    std::string text(char const* name) const { return has(name) ? values_[name].as<std::string>() : std::string{}; }
    std::uint64_t number(char const* name) const { return values_[name].as<std::uint64_t>(); }
    std::vector<std::string> list(char const* name) const;  // empty if its one item is empty

    // Throws failure if the option `name` is given. `reason` says why it must not be.
    void refuse(char const* name, std::string const& reason) const;

private:
    boost::program_options::variables_map values_;
};

// An option with a value. Choices have `|` between them in the name of the value: "table|json".
void add_text_option(boost::program_options::options_description& to, char const* name, char const* value,
                     char const* what);

// --unit --default-unit --group
void add_membership_options(boost::program_options::options_description& to);
// Returns `before`, with the values that the options name in place of its own.
plugin::membership read_membership(command_line const& from, plugin::membership before);

// --hash --cost
void add_hash_options(boost::program_options::options_description& to);
plugin::password_hash hash_secret(secret const& bytes, command_line const& as_wanted);

// Sets a column to the day or second that an option names. An empty value removes the date; without the option nothing
// changes.
void set_date(std::string& column, command_line const& from, char const* name);

}  // namespace tokend
