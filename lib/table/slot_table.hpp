#pragma once

#include "table/slot.hpp"

#include <array>
#include <bit>
#include <span>

namespace tokend {

// Slots and the paths through them. Two slots make a cache line, two lines a pair. The path of a key: its home line, that line's
// twin in the pair, then the other pairs in steps of a width that is the key's own (double hashing: Knuth, TAOCP 3, 6.4), so that
// entries which passed one pair do not crowd in the next. The number of pairs is prime, so a path leads through all of them. The
// memory, all zero at first, belongs to the caller.
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

    // The least number of pairs, prime or 1, that holds so many slots.
    static constexpr std::size_t pairs_for(std::size_t slots) noexcept
    {
        auto pairs = std::max<std::size_t>((slots + pair_size - 1) / pair_size, 1);
        while (!is_prime_or_one(pairs))
            ++pairs;
        return pairs;
    }

    // REQUIRES: as many counters as pairs; pairs_for() gave their number.
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
        auto const step = step_of(key);
        for (std::size_t here = home;; here = next(here, step))
            for (std::size_t i = 0; i < pair_size; ++i)
            {
                auto& candidate = pairs_[here].slots[i ^ second_line];
                if (!candidate.claim())
                    continue;
                for (std::size_t passed = home; passed != here; passed = next(passed, step))
                    counters_[passed].enter();
                candidate.publish(key, record, issued, expires);
                return here * pair_size + (i ^ second_line);
            }
    }

    // The slot where the key is LIVE, as `seen` tells, or null. Reads a slot again only if it changed meanwhile.
    slot* locate(token_key key, sighting& seen) const noexcept
    {
        auto here = home_of(key).pair;
        auto const step = step_of(key);
        for (std::size_t seen_pairs = 0; seen_pairs < pairs_.size(); ++seen_pairs, here = next(here, step))
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
        auto const key = taken.key();
        auto const step = step_of(key);
        for (auto passed = home_of(key).pair, here = pair_of(taken); passed != here; passed = next(passed, step))
            counters_[passed].leave();
        taken.give();
    }

    // How many pairs the path of the key in `held` passes. REQUIRES: nobody changes the slot.
    std::size_t path_length(slot const& held) const noexcept
    {
        std::size_t length = 0;
        auto const step = step_of(held.key());
        for (auto passed = home_of(held.key()).pair, here = pair_of(held); passed != here; passed = next(passed, step))
            ++length;
        return length;
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
        auto const line = share(key.a, pairs_.size() * 2);
        return {line / 2, line % 2 * 2};
    }

    // From 1 to one less than there are pairs.
    std::size_t step_of(token_key key) const noexcept { return 1 + share(key.b, pairs_.size() - 1); }
    std::size_t next(std::size_t here, std::size_t step) const noexcept
    {
        auto const there = here + step;
        return there >= pairs_.size() ? there - pairs_.size() : there;
    }

    // `parts` equal parts of all values: in which of them is this one?
    static std::size_t share(std::uint64_t value, std::size_t parts) noexcept
    {
        __extension__ using wide = unsigned __int128;
        return static_cast<std::size_t>(wide{value} * parts >> 64);
    }

    static constexpr bool is_prime_or_one(std::size_t n) noexcept
    {
        for (std::size_t divisor = 2; divisor * divisor <= n; ++divisor)
            if (n % divisor == 0)
                return false;
        return true;
    }

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
