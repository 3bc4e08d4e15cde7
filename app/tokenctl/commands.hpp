#pragma once

#include "command_line.hpp"

#include <boost/program_options/options_description.hpp>

#include <span>
#include <string>
#include <string_view>

namespace tokend {

// One command of tokenctl.
struct command
{
    std::string_view name;                                              // one or two words: "user add"
    std::string_view arguments;                                         // see argument_names
    std::string_view sentence;                                          // what it does
    void (*add_options)(boost::program_options::options_description&);  // null if it has none
    void (*run)(command_line const&);  // prints what it did; throws failure, or what the parts that it uses throw
    std::string_view details = {};     // what else its help says; lines that end with a newline
};

// All commands. The names, the help and the completion of shells are read from here.
std::span<command const> all_commands() noexcept;

// Returns the command that the first words name, the longest name first, or null.
command const* find_command(arguments const& words);

// The options of a command, --help included.
boost::program_options::options_description options_of(command const& one);

// The help of one command, and of all of them.
std::string help_of(command const& one);
std::string help_of_all();

}  // namespace tokend
