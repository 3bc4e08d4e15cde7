#include "table/token_walk.hpp"

namespace tokend {

bool token_walk::next(std::chrono::sys_seconds now, found_token& out)
{
    for (;;)
    {
        if (ahead_.empty())
            ahead_ = places_.next(room_);
        if (ahead_.empty())
            return false;
        auto const place = ahead_.front();
        ahead_ = ahead_.subspan(1);
        if (look_at(place, now, out))
            return true;
    }
}

// Returns true, with `out` filled, if the slot holds a live token that the walk wants. Since the walk saw the slot, the
// principal of its token may have been replaced, and the token must not be missed; or slot and record may belong to
// another token now, even under the same numbers. So the principal is judged again.
bool token_walk::look_at(principal_index::listed_token place, std::chrono::sys_seconds now, found_token& out)
{
    return table_.read(place.slot, now, out, address_) && places_.wants(out.principal());
}

}  // namespace tokend
