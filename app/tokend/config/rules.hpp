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

// Mistakes that no single value shows: addresses off loopback, lifetimes that contradict each other, names that are
// missing, unknown or taken.
std::vector<broken_rule> broken_rules(configuration const& config);

// Allowed, but probably not meant: no organisation, a backend that no organisation uses.
std::vector<broken_rule> warnings(configuration const& config);

// The differences that a running tokend cannot take over by a reload: keys and listeners that need a restart.
std::vector<broken_rule> refused_changes(configuration const& running, configuration const& wanted);

}  // namespace tokend
