#pragma once

#include "app/plugin_check/plan.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// What the words of the command line ask for.
struct request
{
    enum class action
    {
        check,
        list,
        version,
        help
    };
    action what = action::check;
    plan checked;
    std::vector<std::string> only;  // names of checks; empty: all
};

class usage_error : public std::runtime_error
{
public:
    using std::runtime_error::runtime_error;
};

std::string_view usage() noexcept;

// Reads the secrets from standard input. Throws usage_error.
request read_command_line(int argc, char const* const* argv);

}  // namespace tokend
