#pragma once

#include "app/tokend/config/configuration.hpp"

#include <string>
#include <vector>

namespace tokend {

struct check_report
{
    std::vector<std::string> errors;    // with which tokend does not start
    std::vector<std::string> warnings;  // what is hardly meant, or would be in the way of a second tokend
};

// Tries what a start needs besides a good configuration: addresses, the folder of plugins, the tokens file. Changes
// nothing.
check_report check_start(configuration const& config);

}  // namespace tokend
