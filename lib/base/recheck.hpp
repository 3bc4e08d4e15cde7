#pragma once

#include <chrono>

namespace tokend {

// How often a backend is asked again about a principal whose tokens are in use.
struct recheck_rules
{
    std::chrono::seconds interval{0};  // after the last good check; 0: never
    std::chrono::seconds retry{30};    // after a check without a result; at most the interval
};

}  // namespace tokend
