#pragma once

#include <chrono>

namespace tokend {

// When a principal whose token is in use is to be checked again.
struct recheck_rules
{
    std::chrono::seconds interval{0};  // since it was last known to be good; 0: never
    std::chrono::seconds retry{30};    // after a check that came to nothing; not longer than the interval
};

}  // namespace tokend
