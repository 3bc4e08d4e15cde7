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
    check,         // read the configuration, say what is wrong, serve nothing
    print_config,  // print the effective configuration
    plugin_help,   // print a plugin's options
    version,
    help
};

struct command_line
{
    tokend::action action = tokend::action::run;
    std::filesystem::path config = "/etc/tokend/tokend.conf";
    std::string plugin;             // whose options plugin_help prints
    std::vector<setting> settings;  // --SECTION.KEY=VALUE, in their order; the last of one key wins
};

// Exit status 64: the command line makes no sense, whatever the configuration holds.
struct usage_error : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

// Names are never guessed from their beginning. Values are not looked at: a bad one is a mistake in the configuration, wherever
// it was given. Throws usage_error.
command_line parse_command_line(int argc, char const* const* argv);

// Where --plugin-help looks: what the command line says, else the default. No configuration file is read.
std::filesystem::path plugin_directory(command_line const& from);

// The options, and every key with its default.
std::string help_text();

}  // namespace tokend
