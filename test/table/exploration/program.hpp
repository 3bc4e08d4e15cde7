#pragma once

#include "table/exploration/digest.hpp"
#include "table/key.hpp"

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

namespace tokend::exploration {

// Times of all programs, in seconds.
inline constexpr std::uint32_t issue = 1'800'000'000;
inline constexpr std::uint32_t early = issue + 50;   // find and touch take this for now
inline constexpr std::uint32_t expiry = issue + 60;  // of every token, until it is touched
inline constexpr std::uint32_t late = issue + 100;   // sweep takes this for now
inline constexpr std::uint32_t first_touch = issue + 200;

struct operation
{
    enum class kind : char
    {
        insert = 'i',
        find = 'f',
        erase = 'e',
        touch = 't',
        replace = 'p',  // the record of the first key, by one with other content
        sweep = 's',
        look = 'l',   // as a walk looks at a slot
        reset = 'r',  // the mark, before sweeps
        lower = 'm',  // the mark, to what the thread's sweeps have seen
        cut = 'c',    // the mark is reset and lowered by a search that is cut short: it does not count what it has seen
        forget = 'g'  // the mark
    };

    kind what = kind::find;
    std::uint8_t number = 0;    // of the key; sweep and look: of the slot
    std::uint32_t expires = 0;  // asked for by insert and touch

    bool operator==(operation const&) const = default;
};

struct outcome
{
    bool done = false;
    std::uint8_t slot = 0;  // insert: where
    std::uint8_t key = 0;   // sweep: what it took; look: what it saw
    // Of find, erase and look:
    std::uint32_t issued = 0;
    std::uint32_t expires = 0;
    std::uint32_t content = 0;    // of the record: the number of its key, or its replacement
    std::uint32_t soonest = ~0U;  // sweep

    auto operator<=>(outcome const&) const = default;

    void add_to(digest& sum) const noexcept
    {
        sum.add(std::uint64_t{done} | std::uint64_t{slot} << 8 | std::uint64_t{key} << 16 |
                std::uint64_t{content} << 32);
        sum.add(std::uint64_t{expires} << 32 | issued);
        sum.add(soonest);
    }
};

// What is there before the threads begin, and what there is beside slots and counters.
struct scene
{
    unsigned pairs = 1;
    unsigned keys = 0;     // 1 to this are live, in the first slots
    bool words = false;    // records have words, and are used again
    bool lists = false;    // the first key's token is listed by its record, under a lock
    bool credits = false;  // as many as slots
    enum : std::uint8_t
    {
        no_mark,
        unkept,  // by any search before
        kept
    } mark = no_mark;
};

struct program
{
    scene where;
    std::vector<std::vector<operation>> threads;
};

// What the first key's record holds once it is replaced.
inline constexpr std::uint32_t replacement = 17;

// Threads are separated by bars, an operation is its kind's letter and a number: "e1 i5 | f1 f5". Each key is inserted
// once.
program parsed(scene const& where, std::string_view text);
std::ostream& operator<<(std::ostream& out, operation const& o);
std::ostream& operator<<(std::ostream& out, program const& p);

// All keys begin at the first line, and all but 7 are of one class of passers. 10 and 11 share a half with others.
inline constexpr unsigned keys = 12;
inline constexpr unsigned last_plain_key = 9;
constexpr token_key key(unsigned number) noexcept
{
    switch (number)
    {
    case 10:
        return {1, key(2).b};
    case 11:
        return {0, key(1).b};
    case 7:
        return {7, 7 * 8 + 1};
    default:
        return {number, number * 8ULL};
    }
}
constexpr std::uint8_t number_of(token_key k) noexcept
{
    for (std::uint8_t number = 1; number < keys; ++number)
        if (key(number) == k)
            return number;
    return 0;
}

}  // namespace tokend::exploration
