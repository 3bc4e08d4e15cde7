#include "token/owner_walk.hpp"

#include "token/lifetime.hpp"

#include <algorithm>
#include <utility>

namespace tokend {

// The filter notes each principal, so one token of each is enough.
owner_walk::owner_walk(table& kept, std::string backend, timestamp now)
    : backend_{std::move(backend)},
      now_{whole_seconds(now)},
      tokens_{kept, [this](std::span<char const> record) { return note(record); }, 1}
{}

bool owner_walk::note(std::span<char const> record)
{
    auto const who = decode(record);
    if (!who || who->backend != backend_ || capped(std::chrono::sys_seconds::max(), who->not_after) <= now_)
        return false;
    if (auto owner = session_owner::of(*who); std::ranges::find(met_, owner) == met_.end())
        met_.push_back(std::move(owner));
    return true;
}

std::vector<session_owner> owner_walk::next()
{
    while (met_.empty() && more_)
        more_ = tokens_.next(now_, token_);
    return std::exchange(met_, {});
}

}  // namespace tokend
