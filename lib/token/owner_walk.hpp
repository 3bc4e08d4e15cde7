#pragma once

#include "base/clock.hpp"
#include "table/token_walk.hpp"
#include "token/session_owner.hpp"

#include <string>
#include <vector>

namespace tokend {

// A walk, a few at a time, over the owners of live tokens whom one backend has accepted. It visits every owner who has
// a live token from the beginning of the walk to its end; other threads may issue and end tokens meanwhile. It reads
// all principals. Not thread-safe.
class owner_walk
{
public:
    // REQUIRES: `kept` outlives this object.
    owner_walk(table& kept, std::string backend, timestamp now);
    owner_walk(owner_walk const&) = delete;

    // Returns the next owners, or none at the end. An owner with several principals may come twice.
    std::vector<session_owner> next();

private:
    bool note(std::span<char const> record);

    std::string const backend_;
    std::chrono::sys_seconds const now_;
    std::vector<session_owner> met_;
    bool more_ = true;
    found_token token_;
    token_walk tokens_;
};

}  // namespace tokend
