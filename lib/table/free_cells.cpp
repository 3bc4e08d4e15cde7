#include "table/free_cells.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace tokend {

free_cells::free_cells(std::span<word> words)
    : words_{words}, edge_memory_{most_bytes(words.size() / cell_words)}, edges_{edge_memory_.as<std::uint64_t>()}
{}

// Takes the smallest block that is long enough, or cells that were never used. The rest of the block stays free.
std::uint32_t free_cells::take(std::size_t cells) noexcept
{
    assert(cells != 0 && cells <= longest);
    auto const list = list_with(cells);
    if (list == 0)
    {
        if (words_.size() / cell_words - end_ < cells)
            return 0;
        end_ += cells;
        return static_cast<std::uint32_t>(end_ - cells);
    }
    auto const first = lists_[list];
    auto const size = size_of(first);
    remove(first, size);
    if (size != cells)
        insert(first + cells, size - cells);
    return first;
}

void free_cells::give(std::uint32_t first, std::size_t cells) noexcept
{
    assert(first != 0 && cells != 0 && first + cells <= end_ && !is_edge(first) && !is_edge(first + cells - 1));
    std::size_t begin = first;
    if (is_edge(begin - 1))
    {
        auto const size = note(begin - 1, end_note).load(std::memory_order_relaxed);
        begin -= size;
        remove(begin, size);
    }
    auto end = first + cells;
    if (end == end_)
    {
        end_ = begin;
        return;
    }
    if (is_edge(end))
    {
        auto const size = size_of(end);
        remove(end, size);
        end += size;
    }
    insert(begin, end - begin);
}

// Returns the first list that has a block of at least `cells` cells, or 0.
std::size_t free_cells::list_with(std::size_t cells) const noexcept
{
    auto from = list_for(cells);
    for (auto i = from / 64; i < not_empty_.size(); from = ++i * 64)
        if (auto const some = not_empty_[i] >> from % 64; some != 0)
            return from + static_cast<std::size_t>(std::countr_zero(some));
    return 0;
}

void free_cells::insert(std::size_t first, std::size_t cells) noexcept
{
    write(first, size_note, cells);
    write(first + cells - 1, end_note, cells);
    turn_edges(first, cells);
    auto const list = list_for(cells);
    auto const number = static_cast<std::uint32_t>(first);
    set_links(first, 0, lists_[list]);
    if (lists_[list] != 0)
        set_links(lists_[list], number, next(lists_[list]));
    lists_[list] = number;
    not_empty_[list / 64] |= std::uint64_t{1} << list % 64;
}

void free_cells::remove(std::size_t first, std::size_t cells) noexcept
{
    turn_edges(first, cells);
    auto const list = list_for(cells);
    auto const older = before(first);
    auto const newer = next(first);
    if (newer != 0)
        set_links(newer, older, next(newer));
    if (older != 0)
        set_links(older, before(older), newer);
    else if (lists_[list] = newer; newer == 0)
        not_empty_[list / 64] &= ~(std::uint64_t{1} << list % 64);
}

void free_cells::turn_edges(std::size_t first, std::size_t cells) noexcept
{
    auto const last = first + cells - 1;
    edges_[first / 64] ^= std::uint64_t{1} << first % 64;
    if (last != first)
        edges_[last / 64] ^= std::uint64_t{1} << last % 64;
}

void free_cells::write(std::size_t cell, std::size_t which, std::uint64_t value) noexcept
{
    note(cell, which).store(value, std::memory_order_release);  // B'
}

std::size_t free_cells::size_of(std::size_t block) const noexcept
{
    return note(block, size_note).load(std::memory_order_relaxed);
}

std::uint32_t free_cells::next(std::size_t block) const noexcept
{
    return static_cast<std::uint32_t>(note(block, list_note).load(std::memory_order_relaxed));
}

std::uint32_t free_cells::before(std::size_t block) const noexcept
{
    return static_cast<std::uint32_t>(note(block, list_note).load(std::memory_order_relaxed) >> 32);
}

void free_cells::set_links(std::size_t block, std::uint32_t before, std::uint32_t next) noexcept
{
    write(block, list_note, std::uint64_t{before} << 32 | next);
}

}  // namespace tokend
