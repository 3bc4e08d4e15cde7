#pragma once

#include "table/slot.hpp"

#include <array>
#include <bit>
#include <span>

namespace tokend {

// Slots and the paths through them. Two slots make a cache line, two lines a pair. The path of a key: its home line, that line's
// twin in the pair, then pair after pair around the table. Its memory, all zero at first, belongs to the caller.
template <template <class> class Atomic>
class slot_table
{
public:
    using slot = basic_slot<Atomic>;
    using overflow_counter = basic_overflow_counter<Atomic>;
    static constexpr std::size_t pair_size = 4;

    struct alignas(128) pair
    {
        std::array<slot, pair_size> slots;
    };

    // REQUIRES: as many counters as pairs, at least one.
    slot_table(std::span<pair> pairs, std::span<overflow_counter> counters) noexcept
        : pairs_{pairs}, counters_{counters}
    {}

    std::size_t size() const noexcept { return pairs_.size() * pair_size; }
    slot& operator[](std::size_t number) const noexcept { return pairs_[number / pair_size].slots[number % pair_size]; }

    std::size_t number_of(slot const& s) const noexcept
    {
        auto const bytes = reinterpret_cast<std::uintptr_t>(&s) - reinterpret_cast<std::uintptr_t>(pairs_.data());
        return bytes / sizeof(slot);
    }

    // The number of the first slot of the pair where the key's path begins.
    std::size_t home_slot(token_key key) const noexcept { return home_of(key).pair * pair_size; }

    // Brings the key's home pair into the cache, so that what follows need not wait for memory.
    [[gnu::always_inline]] void prefetch(token_key key) const noexcept
    {
        auto const home = home_of(key).pair;
        __builtin_prefetch(&pairs_[home].slots[0]);
        __builtin_prefetch(&pairs_[home].slots[2]);
        __builtin_prefetch(&counters_[home]);
    }

    // Returns the number of the slot. REQUIRES: a credit (I5), a fresh key (I4), a record that is complete and held for this entry
    // (I6).
    std::size_t insert(token_key key, std::uint32_t record, std::uint32_t issued, std::uint32_t expires) noexcept
    {
        auto const [home, second_line] = home_of(key);
        for (std::size_t here = home;; here = next(here))
            for (std::size_t i = 0; i < pair_size; ++i)
            {
                auto& candidate = pairs_[here].slots[i ^ second_line];
                if (!candidate.claim())
                    continue;
                for (std::size_t passed = home; passed != here; passed = next(passed))
                    counters_[passed].enter();
                candidate.publish(key, record, issued, expires);
                return here * pair_size + (i ^ second_line);
            }
    }

    // The slot where the key is LIVE, as `seen` tells, or null. Reads a slot again only if it changed meanwhile.
    slot* locate(token_key key, sighting& seen) const noexcept
    {
        auto here = home_of(key).pair;
        for (std::size_t steps = 0; steps < pairs_.size(); ++steps, here = next(here))
        {
            auto& slots = pairs_[here].slots;
            for (auto candidates = matches(slots, key.a); candidates != 0; candidates &= candidates - 1)
            {
                auto& candidate = slots[static_cast<std::size_t>(std::countr_zero(candidates))];
                if (candidate.read(seen) && seen.key == key)
                    return &candidate;
            }
            if (counters_[here].passers() == 0)
                return nullptr;
        }
        return nullptr;
    }

    // Is the key live at `now`? Then `seen` tells of it, and `copy` has been given its record's number and has read that record
    // while it was the token's: it may be called again, when the token changed under it.
    template <class Copy>
    bool find(token_key key, std::uint32_t now, sighting& seen, Copy&& copy) const noexcept
    {
        while (auto const* held = locate(key, seen))
        {
            if (seen.life.expired(now))
                return false;
            copy(seen.record);
            if (held->still(seen.life))
                return true;
        }
        return false;
    }

    // Ends the key's token, of which `seen` tells: the slot is the caller's, who gives it. Null: the key is not LIVE.
    slot* take(token_key key, sighting& seen) noexcept
    {
        while (auto* held = locate(key, seen))
            if (held->take(seen.life))
                return held;
        return nullptr;
    }

    // Moves a token's end, later only. False: the key is not live at `now`.
    bool extend(token_key key, std::uint32_t expires, std::uint32_t now) noexcept
    {
        sighting seen;
        while (auto* held = locate(key, seen))
        {
            if (seen.life.expired(now))
                return false;
            if (expires <= seen.life.expiry() || held->extend(seen.life, expires))
                return true;
        }
        return false;
    }

    // True: the slot held a token that had expired; it is the caller's, who gives it. Else lowers `soonest` to the expiry of the
    // token that stays, if there is one.
    bool take_expired(slot& held, std::uint32_t now, std::uint32_t& soonest) noexcept
    {
        for (;;)
        {
            auto const life = held.life();
            if (!life.expired(now))
            {
                soonest = life.live() ? std::min(soonest, life.expiry()) : soonest;
                return false;
            }
            if (held.take(life))  // else it was touched or erased meanwhile
                return true;
        }
    }

    // Makes a taken slot EMPTY. REQUIRES: the caller owns it, and it is one of ours.
    void give(slot& taken) noexcept
    {
        for (auto passed = home_of(taken.key()).pair, here = pair_of(taken); passed != here; passed = next(passed))
            counters_[passed].leave();
        taken.give();
    }

    // How many pairs the path of the key in `held` passes. REQUIRES: nobody changes the slot.
    std::size_t path_length(slot const& held) const noexcept
    {
        auto const home = home_of(held.key()).pair;
        return (pair_of(held) + pairs_.size() - home) % pairs_.size();
    }
    std::span<overflow_counter const> counters() const noexcept { return counters_; }

private:
    struct path_start
    {
        std::size_t pair;
        std::size_t second_line;  // what turns the order of the pair's slots around, or 0
    };

    // The key is uniform, so its high bits divide the lines evenly.
    path_start home_of(token_key key) const noexcept
    {
        __extension__ using wide = unsigned __int128;
        auto const line = static_cast<std::size_t>(wide{key.a} * (pairs_.size() * 2) >> 64);
        return {line / 2, line % 2 * 2};
    }
    std::size_t next(std::size_t here) const noexcept { return here + 1 == pairs_.size() ? 0 : here + 1; }

    std::size_t pair_of(slot const& s) const noexcept { return number_of(s) / pair_size; }

    // One bit for each slot that may hold the key. No branches: which slot it is cannot be predicted.
    static unsigned matches(std::array<slot, pair_size> const& slots, std::uint64_t a) noexcept
    {
        unsigned mask = 0;
        for (std::size_t i = 0; i < pair_size; ++i)
            mask |= static_cast<unsigned>(slots[i].peek() == a) << i;
        return mask;
    }

    std::span<pair> pairs_;
    std::span<overflow_counter> counters_;
};

}  // namespace tokend
