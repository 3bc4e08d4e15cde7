#pragma once

#include "app/tokend/config/setting.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace tokend {

enum class action
{
    run,
    check,         // read the configuration, report mistakes, serve nothing
    print_config,  // print the effective configuration
    plugin_help,   // print a plugin's options
    version,
    help
};

struct command_line
{
    tokend::action action = tokend::action::run;
    std::filesystem::path config = "/etc/tokend/tokend.conf";
    bool takes_over = false;        // replaces the tokend that is running, and takes its sockets
    std::string plugin;             // whose options plugin_help prints
    std::vector<setting> settings;  // --SECTION.KEY=VALUE, in order; the last one of a key wins
};

// The command line is wrong, whatever the configuration holds. Exit status 64.
struct usage_error : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

// Does not guess names from their beginning. Does not check values: a bad value is a mistake of the configuration, even
// if the command line holds it. Throws usage_error.
command_line parse_command_line(int argc, char const* const* argv);

// Where --plugin-help looks: the folder that the command line names, else the default. Reads no configuration file.
std::filesystem::path plugin_directory(command_line const& from);

// The text of --help: the options, and every key with its default.
std::string help_text();

}  // namespace tokend
