#include "table/principal_index.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

namespace tokend {
namespace {

constexpr auto no_slot = record_keeper::no_slot;

// One bucket for 2 KiB of records, so that even the shortest records make short chains.
std::size_t buckets_for(std::size_t record_bytes)
{
    return std::bit_floor(std::max<std::size_t>(record_bytes / 2048, 1));
}

}  // namespace

principal_index::principal_index(principal_index_options options)
    : cells_{options.record_bytes},
      link_memory_{std::max<std::size_t>(options.slots, 1) * sizeof(link)},
      owner_memory_{buckets_for(options.record_bytes) * sizeof(std::uint32_t)},
      links_{link_memory_.as<link>()},
      owners_{owner_memory_.as<std::uint32_t>()},
      stripe_count_{std::min({std::bit_ceil(std::max<std::size_t>(options.stripes, 1)), owners_.size(),
                              std::size_t{1} << record_label::stripe_bits})},
      stripes_{std::make_unique<stripe[]>(stripe_count_)}
{}

// Returns 0 if there is no room. REQUIRES, like the functions below: the caller holds the stripe.
std::uint32_t principal_index::find_or_store(stripe& s, token_owner const& whose) noexcept
{
    if (auto const known = s.names.find(whose.name, whose.owner); known != 0)
    {
        assert(cells_.keeper(known).share == whose.limits.share);
        if (whose.checked_at != 0)
            last_check(label(known)).raise(whose.checked_at);
        return known;
    }
    auto const record = cells_.store(whose.principal, whose.owner);
    if (record == 0)
        return 0;
    cells_.keeper(record).name = whose.name;
    cells_.keeper(record).share = whose.limits.share;
    last_check(label(record)).set(whose.checked_at);
    if (!s.names.insert(whose.name, whose.owner, record))
    {
        cells_.recycle(record);
        return 0;
    }
    serial(label(record)).begin(next_serial_.fetch_add(1, std::memory_order_relaxed));
    chain_in(record, 0);
    ++s.records;
    return record;
}

void principal_index::link_waiting(stripe& s) noexcept
{
    auto const waiting = std::span{s.waiting}.first(std::exchange(s.waiting_count, 0));
    for (auto const e : waiting)
    {
        prefetch_record(e.record);
        prefetch_link(e.slot);
    }
    for (auto const e : waiting)
        prefetch_keeper(e.record);
    for (auto const e : waiting)
        if (auto const newest = cells_.keeper(e.record).newest; newest != no_slot)
            prefetch_link(newest);
    for (auto const e : waiting)
        append(e);
}

void principal_index::append(listed_token e) noexcept
{
    auto& k = cells_.keeper(e.record);
    links_[e.slot] = {.older = k.newest, .newer = no_slot};
    (k.newest == no_slot ? k.oldest : links_[k.newest].newer) = e.slot;
    k.newest = e.slot;
    ++k.tokens;
}

void principal_index::await_puts() noexcept
{
    for (std::size_t i = 0; i < stripe_count_; ++i)
        std::lock_guard const lock{stripes_[i].mutex};
}

token_share* principal_index::cut(stripe& s, listed_token ended) noexcept
{
    auto& k = cells_.keeper(ended.record);
    auto* const share = k.share;
    assert(ended.record != 0 && ended.slot < links_.size() && s.tokens != 0);
    auto const waiting = std::span{s.waiting}.first(s.waiting_count);
    if (std::ranges::any_of(waiting, [&](listed_token e) { return e.record == ended.record; }))
        link_waiting(s);
    if (!links_[ended.slot].is_none())
        unlink(s, k, ended.slot);
    --s.tokens;
    assert(k.tokens != 0);
    if (--k.tokens == 0)
        forget(s, ended.record);
    return share;
}

void principal_index::unlink(stripe& s, record_keeper& k, std::uint32_t slot) noexcept
{
    auto const [older, newer] = links_[slot];
    for (auto* w = s.walks; w != nullptr; w = w->other_)
        if (w->slot_ == slot)
            w->slot_ = newer;
    (older == no_slot ? k.oldest : links_[older].newer) = newer;
    (newer == no_slot ? k.newest : links_[newer].older) = older;
}

void principal_index::forget(stripe& s, std::uint32_t record) noexcept
{
    auto const& k = cells_.keeper(record);
    if (s.names.find(k.name, k.owner) == record)
        s.names.erase(k.name, k.owner);
    chain_out(s, record);
    cells_.recycle(record);
    --s.records;
}

// Puts the record into its bucket of owners, behind `before` or, if that is 0, at the front.
void principal_index::chain_in(std::uint32_t record, std::uint32_t before) noexcept
{
    auto& k = cells_.keeper(record);
    auto& place = before == 0 ? owned(k.owner) : cells_.keeper(before).after;
    k.before = before;
    k.after = std::exchange(place, record);
    if (k.after != 0)
        cells_.keeper(k.after).before = record;
}

// Moves walks that rest at the record on to the next one.
void principal_index::chain_out(stripe& s, std::uint32_t record) noexcept
{
    auto const& k = cells_.keeper(record);
    for (auto* w = s.walks; w != nullptr; w = w->other_)
        if (w->record_ == record)
            w->rest_at(k.after);
    (k.before == 0 ? owned(k.owner) : cells_.keeper(k.before).after) = k.after;
    if (k.after != 0)
        cells_.keeper(k.after).before = k.before;
}

// Names take the most memory when every record has one cell and a head, and the tables of names are a quarter full.
// Each stripe has a least number of names.
std::size_t principal_index::most_bytes(principal_index_options const& options) noexcept
{
    auto const names = options.record_bytes / 128 * record_names::most_bytes_each +
                       std::bit_ceil(options.stripes + 1) * (sizeof(stripe) + record_names::least_bytes);
    return sizeof(principal_index) + record_cells::most_bytes(options.record_bytes) + options.slots * sizeof(link) +
           buckets_for(options.record_bytes) * sizeof(std::uint32_t) + names;
}

void principal_index::forget_if_unused(stripe& s, std::uint32_t record) noexcept
{
    link_waiting(s);
    if (cells_.keeper(record).tokens == 0)
        forget(s, record);
}

principal_index_census principal_index::census() const noexcept
{
    principal_index_census sum;
    for (std::size_t i = 0; i < stripe_count_; ++i)
    {
        std::lock_guard const lock{stripes_[i].mutex};
        sum.records += stripes_[i].records;
        sum.tokens += stripes_[i].tokens;
    }
    return sum;
}

std::size_t principal_index::bytes_used() const noexcept
{
    auto sum = sizeof *this + cells_.bytes_used() + link_memory_.size() + owner_memory_.size();
    for (std::size_t i = 0; i < stripe_count_; ++i)
    {
        std::lock_guard const lock{stripes_[i].mutex};
        sum += sizeof(stripe) + stripes_[i].names.bytes_used();
    }
    return sum;
}

principal_index::walk::walk(principal_index& index, std::size_t first, std::size_t end, record_filter wanted,
                            std::size_t most)
    : index_{index}, wanted_{std::move(wanted)}, most_{most}, bucket_{first}, end_{end}
{}

principal_index::walk::walk(principal_index& index, record_filter wanted, std::size_t most)
    : walk{index, 0, index.owners_.size(), std::move(wanted), most}
{}

principal_index::walk::walk(principal_index& index, std::span<char const> owner, record_filter wanted, std::size_t most)
    : walk{index, index.bucket_of(owner), index.bucket_of(owner) + 1, std::move(wanted), most}
{}

principal_index::walk::~walk()
{
    if (bucket_ == end_)
        return;
    auto& s = index_.stripe_of(bucket_);
    std::lock_guard const lock{s.mutex};
    leave(s);
}

std::span<principal_index::listed_token> principal_index::walk::next(std::span<listed_token> room)
{
    index_.link_restored();
    std::size_t count = 0;
    while (bucket_ != end_ && count < room.size())
    {
        auto& s = index_.stripe_of(bucket_);
        std::lock_guard const lock{s.mutex};
        index_.link_waiting(s);
        if (!resting_)
        {
            rest_at(index_.owners_[bucket_]);
            resting_ = true;
            other_ = std::exchange(s.walks, this);
        }
        count += collect(room.subspan(count));
        if (record_ != 0)
            break;  // the room is used up
        leave(s);
        ++bucket_;
    }
    return room.first(count);
}

// REQUIRES, like the functions below: the caller holds the bucket's stripe.
std::size_t principal_index::walk::collect(std::span<listed_token> room)
{
    std::size_t count = 0;
    while (record_ != 0)
    {
        if (!std::exchange(judged_, true))
            slot_ = wants(record_) ? index_.cells_.keeper(record_).oldest : no_slot;
        for (; slot_ != no_slot && met_ < most_ && count < room.size(); slot_ = index_.links_[slot_].newer, ++met_)
            room[count++] = {record_, slot_};
        if (slot_ != no_slot && met_ < most_)
            break;  // the room is used up
        rest_at(index_.cells_.keeper(record_).after);
    }
    return count;
}

bool principal_index::walk::wants(std::uint32_t record)
{
    auto const label = index_.copy(record, bytes_.data());
    return wanted_({bytes_.data(), label.length()});
}

void principal_index::walk::rest_at(std::uint32_t record) noexcept
{
    record_ = record;
    slot_ = no_slot;
    judged_ = false;
    met_ = 0;
}

void principal_index::walk::leave(stripe& s) noexcept
{
    if (!std::exchange(resting_, false))
        return;
    auto** chained = &s.walks;
    while (*chained != this)
        chained = &(*chained)->other_;
    *chained = other_;
}

}  // namespace tokend
