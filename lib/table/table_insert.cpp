#include "table/table.hpp"

#include <cassert>
#include <new>

namespace tokend {

using std::chrono::sys_seconds;

struct table::placing
{
    token_key const key;
    token_owner const& whose;
    std::uint32_t const issued;
    std::uint32_t const expires;
    std::uint32_t const now;
    std::uint32_t address = 0;

    // Why place() refuses, and whether it may accept after make_room().
    insert_result refused = insert_result::full;
    bool may_change = true;

    owner_vacancy vacancy{};
    // The token whose place it takes; null: none, or another thread was faster.
    atomic_slots::slot* displaced = nullptr;
    sighting displaced_token{};
    record_label displaced_label{};

    bool is_exchange() const noexcept { return vacancy.is == owner_vacancy::kind::exchange; }
};

insert_result table::insert(token_key key, token_owner const& whose, sys_seconds issued, sys_seconds expires,
                            sys_seconds now, std::optional<token_key>* evicted) noexcept
{
    assert(!whose.principal.empty() && whose.principal.size() <= max_principal_bytes);
    assert(now < expires && expires - issued <= longest_kept);
    placing token{key, whose, narrow(issued), narrow(expires), narrow(now)};
    token.address = addresses_.take(whose.address);
    if (auto const result = enter(token); result != insert_result::done)
    {
        addresses_.release(token.address);
        return result;
    }
    if (token.displaced != nullptr)
    {
        if (evicted != nullptr && !token.displaced_token.life.expired(token.now))
            *evicted = token.displaced_token.key;
        finish_displaced(token);
    }
    if (soonest_.get() != 0 && credits_.taken() < credits_.limit() / 2)
        soonest_.forget();
    return insert_result::done;
}

// Tries again as long as it finds room, and once more, because another thread may have made some.
insert_result table::enter(placing& token) noexcept
{
    auto const put = [&] {
        token.refused = insert_result::full;  // if there is no room for the principal, place() is not called
        token.may_change = true;
        token.vacancy = {};
        return index_.put(token.whose, [&](std::uint32_t record) { return place(token, record); });
    };
    for (bool again = true; again;)
    {
        if (put())
            return insert_result::done;
        again = token.may_change && make_room(token);
    }
    return token.may_change && put() ? insert_result::done : token.refused;
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
    token.vacancy = index_.vacancy(token.whose, slots_, token.now);
    if (!reserve(token))
        return principal_index::refused_place;
    if (chronicle_ != nullptr)
        if (token.refused = report(token, record); token.refused != insert_result::done)
        {
            token.may_change = false;
            unreserve(token);
            return principal_index::refused_place;
        }
    if (token.is_exchange())
        displace(token);
    auto const slot = slots_.insert(token.key, record, token.issued, token.expires);
    soonest_.lower(token.expires);
    alarm_.lower(token.expires);
    addresses_.set(slot, token.address);
    return slot;
}

// Takes a place in the share and a credit, or begins an exchange, which needs neither.
bool table::reserve(placing& token) noexcept
{
    using enum owner_vacancy::kind;
    auto const& limits = token.whose.limits;
    switch (token.vacancy.is)
    {
    case none:
        token.refused = insert_result::owner_full;
        token.may_change = false;
        return false;
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

insert_result table::report(placing const& token, std::uint32_t record) noexcept
{
    auto& serial = index_.serial(index_.label(record));
    auto const reported = chronicle_->add_issue({.key = token.key,
                                                 .issued = widen(token.issued),
                                                 .expires = widen(token.expires),
                                                 .principal = {&serial, token.whose.principal},
                                                 .address = {addresses_.serial(token.address), token.whose.address}});
    return reported == chronicle_result::done   ? insert_result::done
           : reported == chronicle_result::full ? insert_result::full
                                                : insert_result::unwritable;
}

// Ends the token whose place is taken. It is listed, so its slot is not given before the lock is released. If another
// thread ends it first, that thread returns its credit and its place in the share, so the new token takes its own.
void table::displace(placing& token) noexcept
{
    auto& held = slots_[token.vacancy.slot];
    while (held.read(token.displaced_token))
    {
        token.displaced_label = index_.label(token.displaced_token.record);
        if (!held.take(token.displaced_token.life))
            continue;  // it was touched meanwhile
        token.displaced = &held;
        return;
    }
    credits_.keep_exchange();
    if (auto* const share = token.whose.limits.share; share != nullptr)
        share->take_beyond(1);
}

// REQUIRES: the caller does not hold the stripe.
void table::finish_displaced(placing const& token) noexcept
{
    if (chronicle_ != nullptr && !token.displaced_token.life.expired(token.now))
        chronicle_->add_end(token.displaced_token.key);
    leave(*token.displaced, token.displaced_label);
    credits_.end_exchange();
}

}  // namespace tokend
