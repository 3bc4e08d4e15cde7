#pragma once

#include "table/principal_index.hpp"

namespace tokend {

// Moves tokens from one record of an owner to another. REQUIRES: the caller holds the owner's lock as long as this
// object lives, and no token waits to be linked.
//
// A walk that rests in the owner's bucket has visited everything before its position and nothing behind it. So that it
// misses no token, the target is behind the source in the bucket. It is moved there if need be, and a walk that rests
// at it continues with the record that followed it.
class principal_index::replacement
{
public:
    replacement(principal_index& index, stripe& s, slot_table<std::atomic>& slots, std::uint32_t target) noexcept
        : index_{index}, stripe_{s}, slots_{slots}, target_{target}
    {}

    // Moves up to `most` tokens, the youngest first, and forgets the source with its last one.
    [[nodiscard]] std::size_t move(std::uint32_t source, std::size_t most) noexcept;

private:
    void put_behind(std::uint32_t source) noexcept;
    std::uint32_t valid(std::uint32_t hint) const noexcept;
    bool is_younger(std::uint32_t slot, std::uint32_t issued) const noexcept;
    std::uint32_t younger_than(std::uint32_t issued, std::uint32_t hint) const noexcept;
    void link_before(std::uint32_t slot, std::uint32_t newer) noexcept;

    principal_index& index_;
    stripe& stripe_;
    slot_table<std::atomic>& slots_;
    std::uint32_t const target_;
};

template <class Note>
std::size_t principal_index::replace(std::span<char const> from, token_owner const& to, std::size_t most,
                                     slot_table<std::atomic>& slots, Note note)
{
    link_restored();
    auto const name = hash_(from);
    auto& s = stripe_of(to.owner);
    std::lock_guard const lock{s.mutex};
    link_waiting(s);
    auto const is_source = [&](std::uint32_t record) {
        auto const& k = cells_.keeper(record);
        return k.name == name && k.owner == to.owner;
    };
    auto record = owned(to.owner);
    while (record != 0 && !is_source(record))
        record = cells_.keeper(record).after;
    if (record == 0 || most == 0 || name == to.name)
        return 0;
    auto whose = to;
    whose.limits.share = cells_.keeper(record).share;
    auto const target = find_or_store(s, whose);
    if (target == 0)
        return 0;
    replacement moving{*this, s, slots, target};
    std::size_t moved = 0;
    while (record != 0 && moved < most)
    {
        auto const after = cells_.keeper(record).after;  // if this is the target, it stays behind
        if (is_source(record))
        {
            if (!note(label(record), target))
                break;
            if (s.names.find(name, to.owner) == record)
                s.names.erase(name, to.owner);
            moved += moving.move(record, most - moved);
        }
        record = after;
    }
    if (cells_.keeper(target).tokens == 0)
        forget(s, target);
    return moved;
}

}  // namespace tokend
