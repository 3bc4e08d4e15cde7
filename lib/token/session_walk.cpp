#include "token/session_walk.hpp"

#include "token/lifetime.hpp"

#include <utility>

namespace tokend {

session_walk::session_walk(table& kept, session_terms terms, judge allowed, std::size_t position)
    : terms_{std::move(terms)}, allowed_{std::move(allowed)}, slots_{kept, position}
{}

bool session_walk::next(timestamp now, std::size_t& slots)
{
    while (slots_.next(whole_seconds(now), slots, found_))
    {
        auto const who = decode(found_.principal());
        if (!who)
            continue;
        who_ = *who;
        if (fulfils())
            return true;
    }
    return false;
}

// The cheapest terms come first.
bool session_walk::fulfils() const
{
    if (terms_.issued_before && found_.issued_at >= *terms_.issued_before)
        return false;
    if (!terms_.of.matches(who_) || !allowed_(who_, {found_.issued_at, found_.expires_at}))
        return false;
    if (!terms_.client)
        return true;
    auto const address = ip_address::parse(client_address());
    return address && terms_.client->contains(*address);
}

std::chrono::sys_seconds session_walk::expires_at() const noexcept { return capped(found_.expires_at, who_.not_after); }

}  // namespace tokend
