#include "token/lifetime.hpp"

#include <algorithm>

namespace tokend {

using std::chrono::sys_seconds;

sys_seconds capped(sys_seconds end, std::int64_t not_after) noexcept
{
    return not_after == 0 ? end : std::min(end, sys_seconds{std::chrono::seconds{not_after}});
}

sys_seconds first_end(lifetime_rules const& rules, std::int64_t not_after, sys_seconds now) noexcept
{
    auto const lifetime =
        rules.policy == lifetime_policy::sliding ? std::min(rules.lifetime, rules.max_lifetime) : rules.lifetime;
    return capped(now + lifetime, not_after);
}

sys_seconds end_after_use(lifetime_rules const& rules, token_times times, std::int64_t not_after,
                          sys_seconds now) noexcept
{
    if (rules.policy == lifetime_policy::fixed)
        return times.expires_at;
    auto const end = std::min(now + rules.lifetime, times.issued_at + rules.max_lifetime);
    return std::max(times.expires_at, capped(end, not_after));
}

std::optional<sys_seconds> last_possible_use(lifetime_rules const& rules, token_times times,
                                             std::int64_t not_after) noexcept
{
    auto const furthest = capped(times.issued_at + rules.max_lifetime, not_after);
    if (rules.policy == lifetime_policy::fixed || !worth_writing(rules, times.expires_at, furthest))
        return std::nullopt;
    return times.expires_at - rules.lifetime + rules.lifetime / 16;
}

bool worth_writing(lifetime_rules const& rules, sys_seconds old_end, sys_seconds new_end) noexcept
{
    return 16 * (new_end - old_end) > rules.lifetime;
}

}  // namespace tokend
