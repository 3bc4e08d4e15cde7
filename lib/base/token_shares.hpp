#pragma once

#include "base/token_limits.hpp"

#include <functional>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>

namespace tokend {

// The shares of all organisations. They outlive any configuration, because tokens do. Thread-safe.
class token_shares
{
public:
    // Returns the share of an organisation; ASCII case does not count. The share exists as long as this object. Throws
    // std::bad_alloc.
    token_share& of(std::string_view organisation);

private:
    std::shared_mutex mutex_;
    std::map<std::string, token_share, std::less<>> shares_;  // by folded name
};

}  // namespace tokend
