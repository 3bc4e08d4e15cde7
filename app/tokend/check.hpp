#pragma once

#include "app/tokend/config/configuration.hpp"

#include <string>
#include <vector>

namespace tokend {

struct check_report
{
    std::vector<std::string> errors;    // tokend would not start
    std::vector<std::string> warnings;  // probably not meant, or in the way of a second tokend
};

// Checks the other conditions of a start: the addresses, the folder of plugins, the tokens file. Changes nothing.
check_report check_start(configuration const& config);

}  // namespace tokend
