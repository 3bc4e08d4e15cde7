#include "table/slot_walk.hpp"

namespace tokend {

bool slot_walk::next(std::chrono::sys_seconds now, std::size_t& slots, found_token& out) noexcept
{
    for (; slots > 0 && !at_end(); --slots)
        if (table_.read(position_++, now, out, address_))
        {
            --slots;
            return true;
        }
    return false;
}

}  // namespace tokend
