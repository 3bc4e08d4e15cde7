#include "table/principal_index.hpp"

#include <limits>

namespace tokend {
namespace {

using enum owner_vacancy::kind;

constexpr auto no_slot = record_keeper::no_slot;
constexpr std::size_t most_looks = 64;  // at the tokens of an owner that has its number, for one that has expired

}  // namespace

// Until restored records are linked, each counts one token too many. So the number that is certain is less by the
// number of records.
owner_vacancy principal_index::search_vacancy(stripe& s, token_owner const& whose, slot_table<std::atomic> const& slots,
                                              std::uint32_t now) noexcept
{
    auto const waiting = std::span{s.waiting}.first(s.waiting_count);
    std::size_t tokens = 0;
    std::size_t records = 0;
    for (auto record = owned(whose.owner); record != 0; record = cells_.keeper(record).after)
        if (auto const& k = cells_.keeper(record); k.owner == whose.owner)
        {
            auto const unlinked = std::ranges::count(waiting, record, &listed_token::record);
            tokens += k.tokens + static_cast<std::size_t>(unlinked);
            ++records;
        }
    if (tokens < whose.limits.max_sessions)
        return {};
    bool const evicts = whose.limits.policy == sessions_policy::evict_oldest;
    if (!is_linked_.load(std::memory_order_relaxed))
        return {.is = !evicts && tokens - records >= whose.limits.max_sessions ? none : unknown};
    link_waiting(s);
    return search_exchange(whose, tokens, slots, now);
}

// Looks at the oldest token of each record, and at those that follow it as long as there are looks left. A token that
// has ended is in its list until it is cut; its slot is not LIVE, and it does not count.
owner_vacancy principal_index::search_exchange(token_owner const& whose, std::size_t tokens,
                                               slot_table<std::atomic> const& slots, std::uint32_t now) const noexcept
{
    owner_vacancy found{.is = none};
    auto oldest = std::numeric_limits<std::uint32_t>::max();  // time of issue
    auto looks = most_looks;
    for (auto record = owned(whose.owner); record != 0; record = cells_.keeper(record).after)
    {
        auto const& k = cells_.keeper(record);
        bool is_first = true;
        for (auto slot = k.owner == whose.owner ? k.oldest : no_slot; slot != no_slot && (is_first || looks > 0);
             slot = links_[slot].newer)
        {
            looks -= looks > 0 ? 1 : 0;
            auto const life = slots[slot].life();
            if (!life.live())
            {
                if (--tokens < whose.limits.max_sessions)
                    return {};
                continue;
            }
            if (life.expired(now))
                return {.is = exchange, .slot = slot};
            if (std::exchange(is_first, false) && life.issued() < oldest)
            {
                oldest = life.issued();
                if (whose.limits.policy == sessions_policy::evict_oldest)
                    found = {.is = exchange, .slot = slot};
            }
        }
    }
    return found;
}

}  // namespace tokend
