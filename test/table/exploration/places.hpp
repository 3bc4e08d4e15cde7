#pragma once

#include "table/exploration/model_atomic.hpp"
#include "table/slot_table.hpp"

#include <array>
#include <span>

namespace tokend::exploration {

using slots = slot_table<model_atomic, 1, alignof(std::uint64_t)>;  // a page for each pair
using record_words = basic_record_words<model_atomic, 16>;

inline constexpr std::size_t most_pairs = 2;
// For records, which begin anywhere but in the last two: what is one's label is another's bytes later.
inline constexpr std::size_t record_room = 10;
inline constexpr std::size_t record_begins = record_room - 2;

// Where the atomics stand: what a table is made of, in cells of 8 bytes.
struct places
{
    explicit places(std::size_t credit_limit) noexcept : credits{credit_limit} {}

    std::array<slots::page, most_pairs> pages;
    std::array<record_words::word, record_room> records;
    model_atomic<std::uint64_t>
        guard;  // of records: a bit for each word that is free; of the mark: the lock of all inserts
    model_atomic<std::uint64_t> stripe;  // the lock of the first key's owner
    model_atomic<std::uint64_t> listed;  // guarded by it: the record that lists the first key's token, or 0
    basic_soonest_mark<model_atomic> mark;
    basic_credit_count<model_atomic> credits;  // its limit takes a cell
};
static_assert(sizeof(places) <= cells * 8);

inline constexpr std::size_t slot_cells = 5;
inline constexpr std::size_t record_cells = most_pairs * slots::page_size * slot_cells;
inline constexpr std::size_t guard_cell = record_cells + record_room;
inline constexpr std::size_t mark_cell = guard_cell + 3;

constexpr word word_in(std::size_t cell) noexcept
{
    if (cell < record_cells)
        return std::array{word::a, word::b, word::life, word::number, word::counter}[cell % slot_cells];
    if (cell < guard_cell)
        return word::record;
    return cell > mark_cell ? word::credits
                            : std::array{word::guard, word::stripe, word::listed, word::mark}[cell - guard_cell];
}

}  // namespace tokend::exploration
