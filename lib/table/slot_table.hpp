#pragma once

#include "table/slot.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <span>
#include <vector>

namespace tokend {

// Slots and the paths through them. Two slots make a cache line, which counts the entries that passed it; two lines
// make a pair, and 32 pairs make a page of memory. The path of a key begins with its home line and that line's twin in
// the pair. It continues with the other pairs of the page, in steps of a width that the key chooses (double hashing:
// Knuth, TAOCP 3, 6.4), so that entries that passed one pair do not crowd in the next. The following pages come in the
// same way. A page has a power of two of pairs and every width is odd, so a path leads through all of them. All but one
// path in a thousand end on their first page, and cost one translation of addresses. The caller owns the memory, which
// is zero at first.
template <template <class> class Atomic, std::size_t PairsInPage = 32, std::size_t Alignment = 128>
class slot_table
{
public:
    using slot = basic_slot<Atomic>;
    static constexpr std::size_t line_size = 2;                            // slots
    static constexpr std::size_t page_size = 2 * line_size * PairsInPage;  // slots
    static_assert(std::has_single_bit(PairsInPage));

    using line = std::array<slot, line_size>;
    struct alignas(Alignment) page
    {
        std::array<line, 2 * PairsInPage> lines;
    };
    static_assert(sizeof(page) == 4096 || PairsInPage != 32);

    // The least number of pages that holds so many slots.
    static constexpr std::size_t pages_for(std::size_t slots) noexcept
    {
        return std::max<std::size_t>((slots + page_size - 1) / page_size, 1);
    }

    explicit slot_table(std::span<page> pages) noexcept : pages_{pages} {}

    std::size_t size() const noexcept { return pages_.size() * page_size; }
    slot& operator[](std::size_t number) const noexcept
    {
        return pages_[number / page_size].lines[number % page_size / line_size][number % line_size];
    }

    std::size_t number_of(slot const& s) const noexcept
    {
        auto const at = place_of(s);
        return first_slot(at) + static_cast<std::size_t>(&s - &line_at(at)[0]);
    }

    // The number of the first slot of the line where the key's path begins.
    std::size_t home_slot(token_key key) const noexcept { return first_slot(path{*this, key}.here()); }

    // Fetches the beginning of the key's path into the cache, so that the next operation need not wait for memory.
    [[gnu::always_inline]] void prefetch(token_key key) const noexcept
    {
        auto const home = path{*this, key}.here();
        __builtin_prefetch(&line_at(home));
        __builtin_prefetch(&line_at(twin_of(home)));
    }

    // The same for a find alone, which nearly always ends in that line or its twin.
    void prefetch_home_line(token_key key) const noexcept { __builtin_prefetch(&line_at(path{*this, key}.here())); }

    // Returns the number of the slot. REQUIRES: a credit (I5), a fresh key (I4), and a record that is complete and held
    // for this entry (I6).
    std::size_t insert(token_key key, std::uint32_t record, std::uint32_t issued, std::uint32_t expires) noexcept
    {
        path const start{*this, key};
        for (auto way = start;; way.go_on())
            for (auto& candidate : line_at(way.here()))
            {
                if (!candidate.claim())
                    continue;
                for (auto passing = start; passing.here() != way.here(); passing.go_on())
                    passers_of(passing.here()).enter(key);
                candidate.publish(key, record, issued, expires);
                return number_of(candidate);
            }
    }

    // Returns the slot where the key is LIVE and fills `seen`, or returns null. Reads a slot again only if it changed
    // meanwhile.
    [[nodiscard]] slot* locate(token_key key, sighting& seen) const noexcept
    {
        path way{*this, key};
        __builtin_prefetch(&line_at(twin_of(way.here())));  // the search of the home line does not wait for it
        for (std::size_t seen_slots = 0; seen_slots < size(); seen_slots += line_size, way.go_on())
        {
            auto& here = line_at(way.here());
            if (auto* held = held_in(here, key, seen))
                return held;
            if (here[0].passers.of_class(key) == 0)
                return nullptr;
        }
        return nullptr;
    }

    // Returns true if the key is live at `now`; the last call of `take` then saw one consistent token. `take` may be
    // called several times, and also when the result is false. The common cases are decided inline, without a call, so
    // that the processor can overlap them with the caller's next work.
    template <class Take>
    [[nodiscard, gnu::always_inline]] bool find(token_key key, std::uint32_t now, Take take) const noexcept
    {
        auto const at = path{*this, key}.here();
        __builtin_prefetch(&line_at(twin_of(at)));
        auto& home = line_at(at);
        sighting seen;
        if (auto const* held = candidate_in(home, key); held == nullptr)
        {
            if (home[0].passers.of_class(key) == 0)
                return false;
        }
        else if (held->glance(key, seen)) [[likely]]
        {
            bool const expired = seen.life.expired(now);
            if (!expired) [[likely]]
                take(seen);
            if (held->still(seen.life)) [[likely]]
                return !expired;
        }
        return find_anywhere(key, now, take);
    }

    // Ends the key's token and fills `seen`. The caller then owns the slot, and has to give it. Returns null if the key
    // is not LIVE. `look` is called before with the token that was seen, and reads its record (G). It may be called
    // several times, and also when the result is null.
    template <class Look>
    [[nodiscard]] slot* take(token_key key, sighting& seen, Look look) noexcept
    {
        while (auto* held = locate(key, seen))
        {
            look(seen);
            if (held->take(seen.life))
                return held;
        }
        return nullptr;
    }
    [[nodiscard]] slot* take(token_key key, sighting& seen) noexcept
    {
        return take(key, seen, [](sighting const&) {});
    }

    // Gives the token in `held` the record `to` instead of `from`. Returns false if it has ended. REQUIRES: I8, and the
    // token is listed.
    [[nodiscard]] bool replace(slot& held, std::uint32_t from, std::uint32_t to) noexcept
    {
        for (auto life = held.life(); life.live(); life = held.life())  // again if it was touched meanwhile
            if (held.replace(life, to))
                return true;
        held.restore(from);
        return false;
    }

    // Moves the end of a token, never to an earlier time. Returns false if the key is not live at `now`.
    [[nodiscard]] bool extend(token_key key, std::uint32_t expires, std::uint32_t now) noexcept
    {
        sighting seen;
        while (auto* held = locate(key, seen))
        {
            if (seen.life.expired(now))
                return false;
            assert(expires < std::uint64_t{seen.life.issued()} + life_word::issue_span);
            if (expires <= seen.life.expiry() || held->extend(seen.life, expires))
                return true;
        }
        return false;
    }

    // Ends the token in the slot if it has expired. Returns true if so: the caller owns the slot, and has to give it;
    // `look` was called as by take(). Else lowers `soonest` to the expiry of the token, if there is one.
    template <class Look>
    [[nodiscard]] bool take_expired(slot& held, std::uint32_t now, std::uint32_t& soonest, Look look) noexcept
    {
        for (;;)
        {
            auto const life = held.life();
            if (!life.expired(now))
            {
                soonest = life.live() ? std::min(soonest, life.expiry()) : soonest;
                return false;
            }
            sighting seen;
            if (!held.read(seen) || !seen.life.expired(now))
                continue;  // it was touched or erased meanwhile
            look(seen);
            if (held.take(seen.life))
                return true;
        }
    }
    [[nodiscard]] bool take_expired(slot& held, std::uint32_t now, std::uint32_t& soonest) noexcept
    {
        return take_expired(held, now, soonest, [](sighting const&) {});
    }

    // Makes a taken slot EMPTY. REQUIRES: the caller owns it, and it is one of ours.
    void give(slot& taken) noexcept
    {
        auto const key = taken.key();
        for (path passing{*this, key}; passing.here() != place_of(taken); passing.go_on())
            passers_of(passing.here()).leave(key);
        taken.give();
    }

    // How many lines the path of the key in `held` passes. REQUIRES: nobody changes the slot.
    std::size_t path_length(slot const& held) const noexcept
    {
        std::size_t length = 0;
        for (path passing{*this, held.key()}; passing.here() != place_of(held); passing.go_on())
            ++length;
        return length;
    }

    // The sum of the numbers in all lines.
    std::size_t passers_told() const noexcept
    {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < size(); i += line_size)
            sum += (*this)[i].passers.all();
        return sum;
    }
    // Counts the numbers that are wrong: neither what the entries make them nor stuck. REQUIRES: no thread changes the
    // table.
    std::size_t passers_mistold() const
    {
        std::vector<basic_passers<Atomic>> right(size() / line_size);
        for (std::size_t i = 0; i < size(); ++i)
            if (auto const& held = (*this)[i]; held.life().live())
                for (path passing{*this, held.key()}; passing.here() != place_of(held); passing.go_on())
                    right[first_slot(passing.here()) / line_size].enter(held.key());
        std::size_t sum = 0;
        for (std::size_t i = 0; i < right.size(); ++i)
            sum += (*this)[i * line_size].passers.wrong(right[i]);
        return sum;
    }

private:
    // The position of a line.
    struct place
    {
        std::size_t page;
        std::size_t line;
        bool operator==(place const&) const = default;
    };
    static place twin_of(place at) noexcept { return {at.page, at.line ^ 1}; }

    // Leads from line to line.
    class path
    {
    public:
        path(slot_table const& of, token_key key) noexcept : key_{key}, pages_{of.pages_.size()}
        {
            auto const [page, rest] = divide(key.a, pages_);
            here_ = {page, divide(rest, 2 * PairsInPage).part};
            first_ = here_.line;
        }

        place const& here() const noexcept { return here_; }

        void go_on() noexcept
        {
            here_ = twin_of(here_);
            if (((here_.line ^ first_) & 1) != 0)
                return;  // to the second line of this pair
            auto const width = 2 * divide(key_.b, PairsInPage / 2).part + 1;
            here_.line = (here_.line + 2 * width) % (2 * PairsInPage);
            if (here_.line == first_)
                here_.page = here_.page + 1 == pages_ ? 0 : here_.page + 1;
        }

    private:
        token_key key_;
        std::size_t pages_;
        place here_;
        std::size_t first_;
    };

    // Divides the range of all values into `parts` equal parts. Returns the part of `value` and the position in it. A
    // key is uniform, and so are both results.
    struct division
    {
        std::size_t part;
        std::uint64_t rest;
    };
    static division divide(std::uint64_t value, std::size_t parts) noexcept
    {
        __extension__ using wide = unsigned __int128;
        auto const product = wide{value} * parts;
        return {static_cast<std::size_t>(product >> 64), static_cast<std::uint64_t>(product)};
    }

    line& line_at(place at) const noexcept { return pages_[at.page].lines[at.line]; }
    basic_passers<Atomic>& passers_of(place at) const noexcept { return line_at(at)[0].passers; }
    static std::size_t first_slot(place at) noexcept { return at.page * page_size + at.line * line_size; }

    place place_of(slot const& s) const noexcept
    {
        auto const bytes = reinterpret_cast<std::uintptr_t>(&s) - reinterpret_cast<std::uintptr_t>(pages_.data());
        return {bytes / sizeof(page), bytes % sizeof(page) / sizeof(line)};
    }

    // The first slot of a line whose first half equals the key's, or null. Uses one branch for both slots, because the
    // processor cannot predict which of them it is.
    [[gnu::always_inline]] static slot* candidate_in(line& of, token_key key) noexcept
    {
        static_assert(line_size == 2);
        auto const first = of[0].peek() ^ key.a;
        auto const second = of[1].peek() ^ key.a;
        return std::min(first, second) == 0 ? &of[std::min<std::uint64_t>(first, 1)] : nullptr;
    }

    // The slot of a line where the key is LIVE, or null.
    static slot* held_in(line& of, token_key key, sighting& seen) noexcept
    {
        if (auto* held = candidate_in(of, key))
            for (; held != of.data() + line_size; ++held)
                if (held->read(seen) && seen.key == key)
                    return held;
        return nullptr;
    }

    template <class Take>
    [[gnu::noinline]] bool find_anywhere(token_key key, std::uint32_t now, Take take) const noexcept
    {
        sighting seen;
        while (auto const* held = locate(key, seen))
        {
            if (seen.life.expired(now))
                return false;
            take(seen);
            if (held->still(seen.life))
                return true;
        }
        return false;
    }

    std::span<page> pages_;
};

}  // namespace tokend
