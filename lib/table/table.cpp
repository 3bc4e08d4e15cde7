#include "table/table.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <stdexcept>

namespace tokend {
namespace {

using std::chrono::sys_seconds;

constexpr auto never = basic_soonest_mark<std::atomic>::never;

std::size_t pages_for(table_options const& options)
{
    constexpr std::size_t most = 3'000'000'000;  // slots are numbered in 32 bits
    if (options.capacity == 0 || options.capacity > most)
        throw std::invalid_argument("the capacity of the token table must be from 1 to 3000000000");
    if (options.load_percent == 0 || options.load_percent > 100)
        throw std::invalid_argument("the load of the token table must be from 1 to 100 percent");
    auto const slots_needed = (options.capacity * 100 + options.load_percent - 1) / options.load_percent;
    return slot_table<std::atomic>::pages_for(slots_needed);
}

session_index_options index_for(table_options const& options)
{
    constexpr std::size_t per_token = 512;
    constexpr std::size_t least = 1 << 20;
    auto const bytes = options.record_bytes != 0 ? options.record_bytes : std::max(per_token * options.capacity, least);
    return {.slots = pages_for(options) * slot_table<std::atomic>::page_size,
            .record_bytes = bytes,
            .stripes = options.stripes};
}

}  // namespace

// A walk over the slots meets each of them once, and a record of each at most.
std::size_t table::snapshot_bytes(table_options const& options)
{
    auto const index = index_for(options);
    return index.slots * journal_unit::size + index.record_bytes;
}

table::table(table_options options)
    : slot_memory_{pages_for(options) * sizeof(atomic_slots::page)},
      slots_{slot_memory_.as<atomic_slots::page>()},
      index_{index_for(options)},
      credits_{options.capacity}
{}

struct table::placing
{
    token_key const key;
    token_owner const& whose;
    std::uint32_t const issued;
    std::uint32_t const expires;
    std::uint32_t const now;
    append_result logged = append_result::done;
};

insert_result table::insert(token_key key, token_owner const& whose, sys_seconds issued, sys_seconds expires,
                            sys_seconds now) noexcept
{
    assert(!whose.principal.empty() && whose.principal.size() <= max_principal_bytes);
    assert(now < expires && expires - issued <= longest_kept);
    placing token{key, whose, narrow(issued), narrow(expires), narrow(now)};
    return place(token);
}

insert_result table::place(placing& token) noexcept
{
    if (!take_credit(token.now))
        return insert_result::full;
    // In the log before the token can be found: so its end, whoever brings it, stands behind it.
    auto const place = [&](std::uint32_t record) {
        if (journal_ != nullptr && (token.logged = write_down(token, record)) != append_result::done)
            return session_index::refused_place;
        auto const slot = slots_.insert(token.key, record, token.issued, token.expires);
        soonest_.lower(token.expires);
        alarm_.lower(token.expires);
        return slot;
    };
    auto const enter = [&] { return index_.put(token.whose, place); };
    bool entered = enter();
    while (!entered && token.logged == append_result::done && reclaim(token.now))
        entered = enter();
    if (!entered &&
        (token.logged != append_result::done || !enter()))  // perhaps another search freed what this one needs
    {
        credits_.give();
        return token.logged == append_result::unwritable ? insert_result::unwritable : insert_result::full;
    }
    if (soonest_.get() != 0 && credits_.taken() < credits_.limit() / 2)
        soonest_.forget();
    return insert_result::done;
}

// Appends the token, behind its record if that is not in the journal yet. The caller holds the record's stripe.
append_result table::write_down(placing const& token, std::uint32_t record) noexcept
{
    auto& serial = index_.serial(record);
    std::array<journal_entry, 2> entries;
    std::size_t count = 0;
    if (!serial.is_told())
        entries[count++] = {.kind = entry_kind::record, .serial = serial.number(), .bytes = token.whose.principal};
    entries[count++] = {.kind = entry_kind::issue,
                        .a = token.key.a,
                        .b = token.key.b,
                        .issued = token.issued,
                        .expires = token.expires,
                        .serial = serial.number()};
    auto const done = journal_->append(std::span{entries}.first(count), entry_purpose::issue);
    if (done == append_result::done)
        serial.told(serial.number());
    return done;
}

bool table::find(token_key key, sys_seconds now, found_token& out) const noexcept
{
    return slots_.find(key, narrow(now), [this, &out](sighting const& seen) {
        out.size_ = index_.copy(seen.record, out.bytes_.data());
        tell(seen, out);
    });
}

bool table::erase(token_key key, sys_seconds now) noexcept
{
    sighting seen;
    auto* taken = slots_.take(key, seen);
    if (taken == nullptr)
        return false;
    if (journal_ != nullptr)
    {
        journal_entry const end{.kind = entry_kind::end, .a = key.a, .b = key.b};
        journal_->append(std::span{&end, 1}, entry_purpose::end);
    }
    finish(*taken);
    return !seen.life.expired(narrow(now));
}

bool table::touch(token_key key, sys_seconds expires, sys_seconds now) noexcept
{
    if (!slots_.extend(key, narrow(expires), narrow(now)))
        return false;
    if (journal_ != nullptr)
    {
        journal_entry const use{
            .kind = entry_kind::touch, .a = key.a, .b = key.b, .issued = narrow(now), .expires = narrow(expires)};
        journal_->append(std::span{&use, 1}, entry_purpose::use);
    }
    return true;
}

sys_seconds table::checked_at(found_token const& of) const noexcept
{
    return widen(index_.last_check(of.record_).get());
}

std::optional<check_claim> table::claim_check(found_token const& of, sys_seconds seen, sys_seconds next) noexcept
{
    if (!index_.last_check(of.record_).swap(narrow(seen), narrow(next)))
        return std::nullopt;
    return check_claim{of.record_, narrow(next)};
}

void table::settle_check(check_claim claim, sys_seconds good_at) noexcept
{
    index_.last_check(claim.record).swap(claim.mark, narrow(good_at));
}

std::size_t table::sweep_slice(std::size_t& position, std::size_t slots, sys_seconds now) noexcept
{
    std::size_t freed = 0;
    auto soonest = never;
    auto const end = position + std::min(slots, slots_.size() - position);
    while (position < end)
    {
        std::array<atomic_slots::slot*, 32> taken;  // their records come into the cache together
        std::size_t count = 0;
        for (; position < end && count < taken.size(); ++position)
            if (auto& held = slots_[position]; slots_.take_expired(held, narrow(now), soonest))
            {
                index_.prefetch_record(held.record());
                taken[count++] = &held;
            }
        for (auto* held : std::span{taken}.first(count))
            finish(*held);
        freed += count;
    }
    if (position == slots_.size())
        position = 0;
    alarm_.lower(soonest);
    return freed;
}

// Inserts that read the mark before it was reset are over when this returns, and their tokens are seen by the lap.
void table::begin_lap() noexcept
{
    alarm_.reset();
    index_.await_puts();
}

// Lowers `soonest` to the expiry of a token that stays. True: the slot has been given back.
bool table::end_if_expired(atomic_slots::slot& slot, std::uint32_t now, std::uint32_t& soonest) noexcept
{
    if (!slots_.take_expired(slot, now, soonest))
        return false;
    finish(slot);
    return true;
}

// What follows the end of a token: its principal, its slot and its capacity go back, in this order (I5).
void table::finish(atomic_slots::slot& taken) noexcept
{
    index_.cut({taken.record(), static_cast<std::uint32_t>(slots_.number_of(taken))});
    slots_.give(taken);
    credits_.give();
}

bool table::take_credit(std::uint32_t now) noexcept
{
    while (!credits_.take())
        if (!reclaim(now))
            return credits_.take();  // what another search freed while this one waited
    return true;
}

// Looks for expired tokens until it has freed some, one lap at most. False: there is none. A complete lap leaves the soonest
// expiry in the mark, so that until then a full table refuses at once.
bool table::reclaim(std::uint32_t now) noexcept
{
    constexpr std::size_t enough = 64;  // the next inserts are paid for as well
    std::lock_guard const lock{reclaiming_};
    if (soonest_.get() > now)
        return false;
    auto const before = soonest_.reset();
    if (before == 0)
        index_.await_puts();
    auto soonest = never;
    std::size_t looked = 0;
    std::size_t freed = 0;
    for (; looked < slots_.size() && freed < enough; ++looked)
    {
        freed += end_if_expired(slots_[reclaim_position_], now, soonest);
        reclaim_position_ = reclaim_position_ + 1 == slots_.size() ? 0 : reclaim_position_ + 1;
    }
    if (looked == slots_.size())
        soonest_.lower(soonest);
    else
        soonest_.lower(before);  // 0, if it was not kept: it does not become known by half a lap
    return freed > 0;
}

// True, and `out` filled: a live token of the record stands there.
bool table::look_at(session_index::entry place, sys_seconds now, found_token& out) const noexcept
{
    auto const& held = slots_[place.slot];
    sighting seen;
    do
    {
        if (!held.read(seen) || seen.record != place.record || seen.life.expired(narrow(now)))
            return false;
        out.size_ = index_.copy(seen.record, out.bytes_.data());
    } while (!held.still(seen.life));
    tell(seen, out);
    return true;
}

// What a sighting tells, but for the principal.
void table::tell(sighting const& seen, found_token& out) noexcept
{
    out.key = seen.key;
    out.record_ = seen.record;
    out.issued_at = widen(seen.life.issued());
    out.expires_at = widen(seen.life.expiry());
}

bool token_walk::next(sys_seconds now, found_token& out)
{
    for (;;)
    {
        if (ahead_.empty())
            ahead_ = places_.next(room_);
        if (ahead_.empty())
            return false;
        auto const place = ahead_.front();
        ahead_ = ahead_.subspan(1);
        if (table_.look_at(place, now, out))
            return true;
    }
}

std::size_t table::bytes_used() const noexcept { return slot_memory_.size() + index_.bytes_used(); }

table_census table::census()
{
    link_restored();
    auto const indexed = index_.census();
    table_census sum{.passers = slots_.passers_told(),
                     .mistold = slots_.passers_mistold(),
                     .records = indexed.records,
                     .indexed = indexed.tokens};
    for (std::size_t i = 0; i < slots_.size(); ++i)
    {
        auto const life = slots_[i].life();
        sum.live += life.live();
        sum.busy += !life.live() && !life.empty();
        sum.path_length += life.live() ? slots_.path_length(slots_[i]) : 0;
    }
    return sum;
}

}  // namespace tokend
