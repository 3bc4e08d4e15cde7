#pragma once

#include "table/exploration/atomic_step.hpp"
#include "table/exploration/program.hpp"

#include <iosfwd>
#include <vector>

namespace tokend::exploration {

// A step of a thread, or the end of an operation of it.
struct happening
{
    unsigned thread = 0;
    atomic_step step{};
    std::uint64_t answer = 0;
    bool ends = false;
    operation asked{};  // if it ends
    outcome said{};
};

using journal = std::vector<happening>;
std::ostream& operator<<(std::ostream& out, journal const& all);

}  // namespace tokend::exploration
