#pragma once

#include "app/tokend/config/configuration.hpp"
#include "base/inherited_sockets.hpp"

#include <string>
#include <vector>

namespace tokend {

struct check_report
{
    std::vector<std::string> errors;    // tokend would not start
    std::vector<std::string> warnings;  // probably not meant, or in the way of a second tokend
};

// Checks the other conditions of a start: the addresses, the folder of plugins, the tokens file. Changes nothing.
// `taken_over` are the sockets that this start will have, each with the text of its address as its name; null for a
// start beside which no tokend runs.
check_report check_start(configuration const& config, inherited_sockets const* taken_over = nullptr);

}  // namespace tokend
