#pragma once

#include <chrono>

namespace tokend {

enum class lifetime_policy
{
    fixed,   // counts from the issue
    sliding  // counts from the last use
};

struct lifetime_rules
{
    lifetime_policy policy = lifetime_policy::fixed;
    std::chrono::seconds lifetime = std::chrono::hours{1};
    std::chrono::seconds max_lifetime = std::chrono::hours{12};  // sliding: never longer than this from the issue
};

}  // namespace tokend
