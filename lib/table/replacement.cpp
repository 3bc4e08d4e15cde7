#include "table/replacement.hpp"

namespace tokend {
namespace {

constexpr auto no_slot = record_keeper::no_slot;

}  // namespace

std::size_t principal_index::replacement::move(std::uint32_t source, std::size_t most) noexcept
{
    put_behind(source);
    auto& from = index_.cells_.keeper(source);
    auto& to = index_.cells_.keeper(target_);
    auto place = valid(from.moved);
    std::size_t moved = 0;
    for (auto slot = from.newest; slot != no_slot && moved < most;)
    {
        auto const older = index_.links_[slot].older;
        if (older != no_slot)
            index_.prefetch_link(older);
        auto const issued = slots_[slot].life().issued();
        if (slots_.replace(slots_[slot], source, target_))  // else it has ended, and is cut from the source
        {
            index_.unlink(stripe_, from, slot);
            link_before(slot, younger_than(issued, place));
            from.moved = place = slot;
            --from.tokens;
            ++to.tokens;
            ++moved;
        }
        slot = older;
    }
    if (from.tokens == 0)
        index_.forget(stripe_, source);
    return moved;
}

void principal_index::replacement::put_behind(std::uint32_t source) noexcept
{
    for (auto record = source; record != 0; record = index_.cells_.keeper(record).after)
        if (record == target_)
            return;
    index_.chain_out(stripe_, target_);
    index_.chain_in(target_, source);
}

// Returns the slot if a token of the target is listed there, else no_slot. A LIVE token of the record stays listed as
// long as the lock is held.
std::uint32_t principal_index::replacement::valid(std::uint32_t hint) const noexcept
{
    sighting seen;
    return hint != no_slot && slots_[hint].read(seen) && seen.record == target_ ? hint : no_slot;
}

// A token that has ended counts as old.
bool principal_index::replacement::is_younger(std::uint32_t slot, std::uint32_t issued) const noexcept
{
    auto const life = slots_[slot].life();
    return life.live() && life.issued() > issued;
}

// Returns the oldest token of the target that is younger, or no_slot. `hint` is a token that is not older, or no_slot.
// Takes as many steps as there are tokens between the result and the hint, or the end of the list.
std::uint32_t principal_index::replacement::younger_than(std::uint32_t issued, std::uint32_t hint) const noexcept
{
    auto const& to = index_.cells_.keeper(target_);
    if (hint != no_slot)
    {
        for (auto older = index_.links_[hint].older; older != no_slot && is_younger(older, issued);
             older = index_.links_[hint].older)
            hint = older;
        return hint;
    }
    if (to.newest == no_slot || !is_younger(to.newest, issued))
        return no_slot;
    auto slot = to.oldest;
    while (slot != no_slot && !is_younger(slot, issued))
        slot = index_.links_[slot].newer;
    return slot;
}

// Puts the slot into the target's list in front of `newer`, or at the end.
void principal_index::replacement::link_before(std::uint32_t slot, std::uint32_t newer) noexcept
{
    auto& to = index_.cells_.keeper(target_);
    auto const older = newer == no_slot ? to.newest : index_.links_[newer].older;
    index_.links_[slot] = {.older = older, .newer = newer};
    (older == no_slot ? to.oldest : index_.links_[older].newer) = slot;
    (newer == no_slot ? to.newest : index_.links_[newer].older) = slot;
}

}  // namespace tokend
