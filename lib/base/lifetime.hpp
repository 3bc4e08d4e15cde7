#pragma once

#include <chrono>

namespace tokend {

enum class lifetime_policy
{
    fixed,   // counts from the issue of the token
    sliding  // counts from the last use of the token
};

struct lifetime_rules
{
    lifetime_policy policy = lifetime_policy::fixed;
    std::chrono::seconds lifetime = std::chrono::hours{1};
    std::chrono::seconds max_lifetime = std::chrono::hours{12};  // of a sliding token, from its issue
};

}  // namespace tokend
