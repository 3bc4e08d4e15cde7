#include "table/table.hpp"
#include "table/replacement.hpp"

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

principal_index_options index_for(table_options const& options)
{
    return {.slots = pages_for(options) * slot_table<std::atomic>::page_size,
            .record_bytes = options.record_room(),
            .stripes = options.stripes};
}

}  // namespace

table::table(table_options options)
    : slot_memory_{pages_for(options) * sizeof(atomic_slots::page)},
      slots_{slot_memory_.as<atomic_slots::page>()},
      index_{index_for(options)},
      addresses_{slots_.size(), options.address_room()},
      credits_{options.capacity, slots_.size()}
{}

bool table::find(token_key key, sys_seconds now, found_token& out) const noexcept
{
    return slots_.find(key, narrow(now), [this, &out](sighting const& seen) {
        out.label_ = index_.copy(seen.record, out.bytes_.data());
        fill(seen, out);
    });
}

bool table::read(std::size_t slot, sys_seconds now, found_token& out, client_address& address) const noexcept
{
    auto const& held = slots_[slot];
    sighting seen;
    do
    {
        if (!held.read(seen) || seen.life.expired(narrow(now)))
            return false;
        out.label_ = index_.copy(seen.record, out.bytes_.data());
        addresses_.copy(addresses_.of(slot), address);
    } while (!held.still(seen.life));
    fill(seen, out);
    return true;
}

bool table::erase(token_key key, sys_seconds now) noexcept
{
    sighting seen;
    record_label label;
    auto* taken = slots_.take(key, seen, labelling(label));
    if (taken == nullptr)
        return false;
    if (chronicle_ != nullptr)
        chronicle_->add_end(key);
    finish(*taken, label);
    return !seen.life.expired(narrow(now));
}

std::size_t table::replace_principal(std::span<char const> from, token_owner const& to, std::size_t most)
{
    return index_.replace(from, to, most, slots_, [&](record_label old, std::uint32_t record) {
        if (chronicle_ != nullptr)
            chronicle_->add_replacement(index_.serial(old).number(),
                                        {&index_.serial(index_.label(record)), to.principal});
        return true;
    });
}

bool table::touch(token_key key, sys_seconds expires, sys_seconds now) noexcept
{
    if (!slots_.extend(key, narrow(expires), narrow(now)))
        return false;
    if (chronicle_ != nullptr)
        chronicle_->add_touch(key, now, expires);
    return true;
}

sys_seconds table::checked_at(found_token const& of) const noexcept
{
    return widen(index_.last_check(of.label_).get());
}

std::optional<check_claim> table::claim_check(found_token const& of, sys_seconds seen, sys_seconds next) noexcept
{
    if (!index_.last_check(of.label_).swap(narrow(seen), narrow(next)))
        return std::nullopt;
    return check_claim{of.label_, narrow(next)};
}

void table::settle_check(check_claim claim, sys_seconds good_at) noexcept
{
    index_.last_check(claim.label).swap(claim.mark, narrow(good_at));
}

std::size_t table::sweep_slice(std::size_t& position, std::size_t slots, sys_seconds now) noexcept
{
    assert(position < slots_.size());
    struct ended
    {
        atomic_slots::slot* slot;
        record_label label;
    };
    std::size_t freed = 0;
    auto soonest = never;
    auto const end = position + std::min(slots, slots_.size() - position);
    while (position < end)
    {
        std::array<ended, 32> found;  // their records are fetched into the cache together
        std::size_t count = 0;
        for (; position < end && count < found.size(); ++position)
        {
            auto& held = slots_[position];
            if (auto const life = held.life(); life.expired(narrow(now)))
            {
                index_.prefetch_record(held.record());
                found[count++] = {&held, {}};
            }
            else if (life.live())
                soonest = std::min(soonest, life.expiry());
        }
        auto const some = std::span{found}.first(count);
        for (auto& [slot, label] : some)
            if (slots_.take_expired(*slot, narrow(now), soonest, labelling(label)))
                index_.prefetch_keeper(label);
            else
                slot = nullptr;
        for (auto const& [slot, label] : some)
            if (slot != nullptr)
            {
                finish(*slot, label);
                ++freed;
            }
    }
    if (position == slots_.size())
        position = 0;
    alarm_.lower(soonest);
    return freed;
}

// Inserts that read the mark before it was reset have ended when this returns, so the lap sees their tokens.
void table::begin_lap() noexcept
{
    alarm_.reset();
    index_.await_puts();
}

// Returns true if the slot was freed; else lowers `soonest` to the expiry of its token.
bool table::end_if_expired(atomic_slots::slot& slot, std::uint32_t now, std::uint32_t& soonest) noexcept
{
    record_label label;
    if (!slots_.take_expired(slot, now, soonest, labelling(label)))
        return false;
    finish(slot, label);
    return true;
}

// After the end of a token, frees its principal, its address, its slot, its place in the share and its capacity, in
// this order (I5).
void table::finish(atomic_slots::slot& taken, record_label label) noexcept
{
    if (auto* const share = leave(taken, label); share != nullptr)
        share->give();
    credits_.give();
}

// The same, except that the last two are taken over by the caller. Returns the share.
token_share* table::leave(atomic_slots::slot& taken, record_label label) noexcept
{
    auto const slot = slots_.number_of(taken);
    index_.prefetch_link(slot);
    addresses_.prefetch(slot);
    auto* const share = index_.cut(label, static_cast<std::uint32_t>(slot), [&] { return taken.record(); });
    addresses_.clear(slot);
    slots_.give(taken);
    return share;
}

// Frees some expired tokens. Returns false if a whole lap found none. The mark then holds the soonest expiry, and until
// that time a full table refuses at once.
bool table::reclaim(std::uint32_t now) noexcept
{
    constexpr std::size_t enough = 64;  // enough for the next inserts too
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
        soonest_.lower(before);  // half a lap does not make the mark known: 0 stays 0
    return freed > 0;
}

client_address table::address_of(token_key key) const noexcept
{
    client_address found;
    sighting seen;
    while (auto const* held = slots_.locate(key, seen))
    {
        addresses_.copy(addresses_.of(slots_.number_of(*held)), found);
        if (held->still(seen.life))
            return found;
    }
    return {};
}

void table::fill(sighting const& seen, found_token& out) noexcept
{
    out.key = seen.key;
    out.issued_at = widen(seen.life.issued());
    out.expires_at = widen(seen.life.expiry());
}

std::size_t table::most_bytes(table_options const& options)
{
    return sizeof(table) + pages_for(options) * sizeof(atomic_slots::page) +
           principal_index::most_bytes(index_for(options)) +
           client_addresses::most_bytes(pages_for(options) * atomic_slots::page_size, options.address_room());
}

std::size_t table::slots_for(table_options const& options) { return pages_for(options) * atomic_slots::page_size; }

std::size_t table::bytes_used() const noexcept
{
    return slot_memory_.size() + index_.bytes_used() + addresses_.bytes_used();
}

table_census table::census()
{
    link_imported();
    auto const indexed = index_.census();
    table_census sum{.passers = slots_.passers_told(),
                     .mistold = slots_.passers_mistold(),
                     .records = indexed.records,
                     .indexed = indexed.tokens,
                     .addresses = addresses_.size()};
    for (std::size_t i = 0; i < slots_.size(); ++i)
    {
        auto const life = slots_[i].life();
        sum.live += life.live();
        sum.busy += !life.live() && !life.empty();
        sum.addressed += addresses_.of(i) != 0;
        sum.path_length += life.live() ? slots_.path_length(slots_[i]) : 0;
    }
    return sum;
}

}  // namespace tokend
