#pragma once

#include "app/tokend/config/configuration.hpp"
#include "app/tokend/file_changes.hpp"
#include "app/tokend/listeners.hpp"
#include "app/tokend/setup.hpp"

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace tokend {

// Reads the configuration again. Throws config_errors.
using configuration_source = std::function<configuration()>;

// All that a reload replaces.
struct prepared
{
    configuration config;
    std::shared_ptr<setup const> next;
    fronts offered;
    file_changes certificates;
};

// Why a reload is refused: "tokend.conf:12: what is wrong", a line for each mistake.
using refused_lines = std::vector<std::string>;

// Reads the configuration, checks that it fits the running process, and starts its backends. Changes nothing that runs.
// Takes as long as files and plugins take, so no loop should wait for it. REQUIRES: as make_setup(), and nobody changes
// `running` meanwhile.
std::variant<prepared, refused_lines> prepare_reload(configuration_source const& read, configuration const& running,
                                                     fronts const& offered, std::shared_ptr<ticket_keys> const& tickets,
                                                     blocking_pool& pool, reaper& unused, lockouts& failures,
                                                     token_shares& shares, logger& log);

}  // namespace tokend
