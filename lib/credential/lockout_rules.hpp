#pragma once

#include <chrono>
#include <cstddef>

namespace tokend {

// When failed logins lock somebody out. A count of 0 means never.
struct lockout_rules
{
    std::size_t failures = 5;  // of one name from one client network within `window`
    std::chrono::seconds window = std::chrono::minutes{15};
    std::chrono::seconds time =
        std::chrono::minutes{15};    // of the first lock-out; each one after it takes twice as long
    std::size_t name_failures = 50;  // of one name from all networks within `name_window`
    std::chrono::seconds name_window = std::chrono::hours{1};

    bool operator==(lockout_rules const&) const = default;
};

}  // namespace tokend
