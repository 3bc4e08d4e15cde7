#include "table/table.hpp"

#include <cassert>
#include <new>

namespace tokend {

using std::chrono::sys_seconds;

// A token that is being inserted. If it is an exchange, another token of its owner ends for it.
struct table::placing
{
    token_key const key;
    token_owner const& whose;
    std::uint32_t const issued;
    std::uint32_t const expires;
    std::uint32_t const now;
    std::optional<token_key> const old{};  // the token that has to end; not set: the limits decide whether one does
    std::uint32_t address = 0;

    // Why it is refused, and whether that may change by make_room().
    insert_result refused = insert_result::full;
    bool may_change = true;

    owner_vacancy vacancy{};
    // The token that ends; null: none.
    atomic_slots::slot* displaced = nullptr;
    sighting displaced_token{};
    record_label displaced_label{};

    bool is_exchange() const noexcept { return vacancy.is == owner_vacancy::kind::exchange; }
    bool ends_live_token() const noexcept { return displaced != nullptr && !displaced_token.life.expired(now); }

    bool refuse(insert_result why) noexcept  // for good
    {
        refused = why;
        may_change = false;
        return false;
    }
};

insert_result table::insert(token_key key, token_owner const& whose, sys_seconds issued, sys_seconds expires,
                            sys_seconds now, std::optional<token_key>* evicted) noexcept
{
    placing token{key, whose, narrow(issued), narrow(expires), narrow(now)};
    auto const result = insert(token);
    if (evicted != nullptr && token.ends_live_token())
        *evicted = token.displaced_token.key;
    return result;
}

insert_result table::exchange(token_key old, token_key key, token_owner const& whose, sys_seconds issued,
                              sys_seconds expires, sys_seconds now) noexcept
{
    placing token{key, whose, narrow(issued), narrow(expires), narrow(now), old};
    return insert(token);
}

insert_result table::insert(placing& token) noexcept
{
    assert(!token.whose.principal.empty() && token.whose.principal.size() <= max_principal_bytes);
    assert(token.now < token.expires && widen(token.expires) - widen(token.issued) <= longest_kept);
    token.address = addresses_.take(token.whose.address);
    if (!enter(token))
    {
        addresses_.release(token.address);
        return token.refused;
    }
    if (token.displaced != nullptr)
        finish_displaced(token);
    if (soonest_.get() != 0 && credits_.taken() < credits_.limit() / 2)
        soonest_.forget();
    return insert_result::done;
}

// Tries again as long as it finds room, and once more, because another thread may have made some.
bool table::enter(placing& token) noexcept
{
    auto const put = [&] {
        token.refused = insert_result::full;  // if there is no room for the principal, place() is not called
        token.may_change = true;
        token.vacancy = {};
        return index_.put(token.whose, [&](std::uint32_t record) { return place(token, record); });
    };
    for (bool again = true; again; again = make_room(token))
        if (put() || !token.may_change)
            return token.may_change;
    return put();
}

// Returns false if there is no more to be found. Where only a share is used up, looks at a part of the table: a login
// that is refused must not cost a lap. The sweeper looks at the rest.
bool table::make_room(placing const& token) noexcept
{
    constexpr std::size_t some = 4096;
    if (token.vacancy.is == owner_vacancy::kind::unknown)
        try
        {
            index_.link_restored();
            return true;
        }
        catch (std::bad_alloc const&)
        {
            return false;
        }
    if (token.refused != insert_result::share_full)
        return reclaim(token.now);
    if (std::unique_lock const lock{reclaiming_, std::try_to_lock}; lock && alarm_.is_due(token.now))
        sweep_slice(reclaim_position_, some, widen(token.now));
    return false;
}

// Returns the token's slot, or refused_place. The token is reported before it can be found, so its end, on whatever
// thread, is reported after it. REQUIRES, like the functions below: the caller holds the record's stripe.
std::size_t table::place(placing& token, std::uint32_t record) noexcept
{
    if (token.old)
    {
        if (!find_old(token))
            return principal_index::refused_place;
    }
    else
        token.vacancy = index_.vacancy(token.whose, slots_, token.now);
    if (!reserve(token))
        return principal_index::refused_place;
    if (!report(token, record) || !displace(token))
    {
        unreserve(token);
        return principal_index::refused_place;
    }
    auto const slot = slots_.insert(token.key, record, token.issued, token.expires);
    soonest_.lower(token.expires);
    alarm_.lower(token.expires);
    addresses_.set(slot, token.address);
    return slot;
}

bool table::find_old(placing& token) noexcept
{
    sighting seen;
    auto const* const held = slots_.locate(*token.old, seen);
    if (held == nullptr || seen.life.expired(token.now))
        return token.refuse(insert_result::gone);
    assert(index_.label(seen.record).stripe() == record_label(0, token.whose.owner, 1).stripe());
    token.vacancy = {.is = owner_vacancy::kind::exchange, .slot = static_cast<std::uint32_t>(slots_.number_of(*held))};
    return true;
}

// Takes a place in the share and a credit, or begins an exchange, which needs neither.
bool table::reserve(placing& token) noexcept
{
    using enum owner_vacancy::kind;
    auto const& limits = token.whose.limits;
    switch (token.vacancy.is)
    {
    case none:
        return token.refuse(insert_result::owner_full);
    case unknown:
        return false;
    case exchange:
        return credits_.begin_exchange();
    case free:
        break;
    }
    if (limits.share != nullptr && !limits.share->take(limits.max_tokens))
    {
        token.refused = insert_result::share_full;
        return false;
    }
    if (credits_.take())
        return true;
    if (limits.share != nullptr)
        limits.share->give();
    return false;
}

void table::unreserve(placing const& token) noexcept
{
    if (token.is_exchange())
        return credits_.end_exchange();
    credits_.give();
    if (auto* const share = token.whose.limits.share; share != nullptr)
        share->give();
}

bool table::report(placing& token, std::uint32_t record) noexcept
{
    if (chronicle_ == nullptr)
        return true;
    auto& serial = index_.serial(index_.label(record));
    switch (chronicle_->add_issue({.key = token.key,
                                   .issued = widen(token.issued),
                                   .expires = widen(token.expires),
                                   .principal = {&serial, token.whose.principal},
                                   .address = {addresses_.serial(token.address), token.whose.address}}))
    {
    case chronicle_result::done:
        return true;
    case chronicle_result::full:
        return token.refuse(insert_result::full);
    case chronicle_result::unwritable:
        break;
    }
    return token.refuse(insert_result::unwritable);
}

// Ends the other token of an exchange. It is listed, so its slot is not given before the lock is released. If another
// thread ends it first, that thread returns its credit and its place in the share: the new token has to take its own,
// or, if it was to replace that very token, is not issued.
bool table::displace(placing& token) noexcept
{
    if (!token.is_exchange())
        return true;
    auto& held = slots_[token.vacancy.slot];
    while (held.read(token.displaced_token))
    {
        token.displaced_label = index_.label(token.displaced_token.record);
        if (!held.take(token.displaced_token.life))
            continue;  // it was touched meanwhile
        token.displaced = &held;
        return true;
    }
    if (token.old)
    {
        if (chronicle_ != nullptr)
            chronicle_->add_end(token.key);
        return token.refuse(insert_result::gone);
    }
    credits_.keep_exchange();
    if (auto* const share = token.whose.limits.share; share != nullptr)
        share->take_beyond(1);
    return true;
}

// REQUIRES: the caller does not hold the stripe.
void table::finish_displaced(placing const& token) noexcept
{
    if (chronicle_ != nullptr && token.ends_live_token())
        chronicle_->add_end(token.displaced_token.key);
    leave(*token.displaced, token.displaced_label);
    credits_.end_exchange();
}

}  // namespace tokend
