#pragma once

#include "commands.hpp"

#include "base/secret.hpp"
#include "common/account.hpp"
#include "common/password.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

// What the command lines of all commands share. Everything here throws boost::program_options::error or failure.
namespace tokend {

// The words of one command: its options and its arguments. Some arguments may be left out. No option name is guessed.
class command_line
{
public:
    command_line(arguments const& given, boost::program_options::options_description const& options,
                 std::initializer_list<char const*> words, std::initializer_list<char const*> optional_words = {});

    bool has(char const* name) const { return values_.count(name) != 0; }
    std::string text(char const* name) const { return has(name) ? values_[name].as<std::string>() : std::string{}; }
    std::uint64_t number(char const* name) const { return values_[name].as<std::uint64_t>(); }
    std::vector<std::string> list(char const* name) const;  // empty if its one item is empty

    // Throws failure if the option `name` is given. `reason` says why it must not be.
    void refuse(char const* name, std::string const& reason) const;

private:
    boost::program_options::variables_map values_;
};

// --help, -h
void add_help_option(boost::program_options::options_description& to);
// If the options ask for help, prints it and returns true.
bool wants_help(arguments const& given, char const* usage, boost::program_options::options_description const& options);

// The command line of a command whose options are `options` and --help. Nothing if the words ask for help, which is
// printed then.
std::optional<command_line> read_words(arguments const& given, char const* usage,
                                       boost::program_options::options_description options,
                                       std::initializer_list<char const*> words);

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
