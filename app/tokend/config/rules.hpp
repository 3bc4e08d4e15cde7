#pragma once

#include "app/tokend/config/configuration.hpp"

#include <string>
#include <vector>

namespace tokend {

struct broken_rule
{
    std::string where;
    std::string what;
};

// What single values cannot show: addresses off loopback, lifetimes that contradict each other, names that are missing, unknown
// or taken.
std::vector<broken_rule> broken_rules(configuration const& config);

// What is allowed and hardly meant: no organisation, a backend that no organisation uses.
std::vector<broken_rule> warnings(configuration const& config);

// What keeps a running tokend from taking another configuration: the keys that differ and need a restart.
std::vector<broken_rule> refused_changes(configuration const& running, configuration const& wanted);

}  // namespace tokend
