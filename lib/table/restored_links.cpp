#include "table/restored_links.hpp"

#include <algorithm>
#include <cassert>

namespace tokend {
namespace {

constexpr auto no_slot = record_keeper::no_slot;

}  // namespace

std::uint32_t principal_index::restore_record(token_owner const& whose, std::uint64_t serial_number) noexcept
{
    auto& s = stripe_of(whose.owner);
    std::lock_guard const lock{s.mutex};
    auto const known = s.names.find(whose.name, whose.owner);
    auto const record = known != 0 ? known : find_or_store(s, whose);
    if (known == 0 && record != 0)
    {
        serial(label(record)).begin(serial_number);
        serial(label(record)).set_recorded();
    }
    return record;
}

// The record is held from its first tokens on.
void principal_index::count_restored(std::uint32_t record, std::uint32_t tokens)
{
    assert(record != 0);
    auto& k = cells_.keeper(record);
    auto& s = stripe_of(k.owner);
    std::lock_guard const lock{s.mutex};
    if (k.tokens == 0)
    {
        restored_records_.push_back(record);
        k.tokens = 1;
    }
    k.tokens += tokens;
    s.tokens += tokens;
    if (k.share != nullptr)
        k.share->take_beyond(tokens);
}

void principal_index::link_restored()
{
    std::call_once(linked_, [this] {
        if (restored_records_.empty())
            return;
        std::ranges::sort(restored_records_);
        restored_links{*this}.link();
        restored_records_ = {};
        is_linked_.store(true, std::memory_order_relaxed);
    });
}

principal_index::restored_links::restored_links(principal_index& index)
    : index_{index}, table_{*index.restored_slots_}, records_{index.restored_records_}
{
    std::vector<std::uint32_t> number_of(records_.back() + 1);  // position of a record in records_, from 1
    for (std::size_t i = 0; i < records_.size(); ++i)
        number_of[records_[i]] = static_cast<std::uint32_t>(i + 1);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> found;  // numbers and slots
    found.reserve(index_.census().tokens);
    begin_.resize(records_.size() + 1);
    sighting seen;
    for (std::size_t slot = 0; slot < table_.size(); ++slot)
        if (auto const& held = table_[slot];
            held.life().live() && held.read(seen) && seen.record < number_of.size() && number_of[seen.record] != 0)
        {
            found.emplace_back(number_of[seen.record] - 1, static_cast<std::uint32_t>(slot));
            ++begin_[found.back().first + 1];
        }
    room_.resize(*std::ranges::max_element(begin_));
    for (std::size_t i = 1; i < begin_.size(); ++i)
        begin_[i] += begin_[i - 1];
    slots_.resize(found.size());
    auto free = begin_;
    for (auto const& [number, slot] : found)
        slots_[free[number]++] = slot;
}

void principal_index::restored_links::link() noexcept
{
    for (std::size_t i = 0; i < records_.size(); ++i)
        link(records_[i], in_order(i));
}

// Tokens of one second stay in the order of their slots.
std::span<principal_index::restored_links::aged_slot const> principal_index::restored_links::in_order(
    std::size_t i) noexcept
{
    fetch_until(begin_[i + 1] + 64);
    std::size_t count = 0;
    sighting seen;
    for (auto const slot : std::span{slots_}.subspan(begin_[i], begin_[i + 1] - begin_[i]))
        if (table_[slot].read(seen) && seen.record == records_[i])
            room_[count++] = {seen.life.issued(), slot};
    auto const slots = std::span{room_}.first(count);
    std::ranges::sort(slots);
    return slots;
}

// Links the youngest first, and releases the lock after every few tokens.
void principal_index::restored_links::link(std::uint32_t record, std::span<aged_slot const> slots) noexcept
{
    constexpr std::size_t at_once = 64;
    auto& k = index_.cells_.keeper(record);
    auto& s = index_.stripe_of(k.owner);  // as long as the record is held
    for (bool done = false; !done;)
    {
        auto const some = slots.last(std::min(at_once, slots.size()));
        slots = slots.first(slots.size() - some.size());
        done = slots.empty();
        std::lock_guard const lock{s.mutex};
        index_.link_waiting(s);
        for (auto held = some.rbegin(); held != some.rend(); ++held)
            prepend(record, held->second);
        if (done && --k.tokens == 0)
            index_.forget(s, record);
    }
}

// REQUIRES: the caller holds the record's stripe.
void principal_index::restored_links::prepend(std::uint32_t record, std::uint32_t slot) noexcept
{
    sighting seen;
    if (!table_[slot].read(seen) || seen.record != record || !index_.links_[slot].is_none())
        return;
    auto& k = index_.cells_.keeper(record);
    index_.links_[slot] = {.older = no_slot, .newer = k.oldest};
    (k.oldest == no_slot ? k.newest : index_.links_[k.oldest].older) = slot;
    k.oldest = slot;
}

void principal_index::restored_links::fetch_until(std::size_t place) noexcept
{
    for (auto const end = std::min(place, slots_.size()); fetched_ < end; ++fetched_)
    {
        __builtin_prefetch(&table_[slots_[fetched_]]);
        index_.prefetch_link(slots_[fetched_]);
    }
}

}  // namespace tokend
