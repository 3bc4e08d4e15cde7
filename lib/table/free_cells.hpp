#pragma once

#include "table/mapping.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tokend {

// Which cells of 64 bytes are free, in blocks. A freed block is joined with its free neighbours at once, so no two free
// blocks touch, and when all is freed everything is as it was at first. Each call takes a bounded number of steps. Not
// thread-safe.
//
// The notes on a free block are in the block: its size in the second word of its first cell and in the last word of its
// last cell, its neighbours in the list of its size in the third word. Late readers may read them, so they are atomic
// words like those of records (B'). A separate bit for each cell marks the first and the last cell of each free block.
// Cell 0 is never given.
class free_cells
{
public:
    using word = std::atomic<std::uint64_t>;
    static constexpr std::size_t cell_words = 8;
    static constexpr std::size_t longest = 129;  // the most cells of one request; each size has a list

    explicit free_cells(std::span<word> words);  // of all cells

    // Returns the first of `cells` cells in a row, or 0 if no free block has so many. REQUIRES: 1 to `longest`.
    [[nodiscard]] std::uint32_t take(std::size_t cells) noexcept;
    // REQUIRES: the cells were taken together.
    void give(std::uint32_t first, std::size_t cells) noexcept;

    std::size_t end() const noexcept { return end_; }  // all cells from here on are free
    std::size_t bytes_used() const noexcept { return end_ / 8; }
    static constexpr std::size_t most_bytes(std::size_t cells) noexcept { return cells / 8 + 8; }

    // For tests: calls visit(first, cells) for each free block below end().
    template <class Visit>
    void for_each(Visit&& visit) const
    {
        for (auto const first : lists_)
            for (auto block = first; block != 0; block = next(block))
                visit(block, size_of(block));
    }

private:
    static constexpr std::size_t size_note = 1;
    static constexpr std::size_t list_note = 2;
    static constexpr std::size_t end_note = cell_words - 1;

    word& note(std::size_t cell, std::size_t which) const noexcept { return words_[cell * cell_words + which]; }
    void write(std::size_t cell, std::size_t which, std::uint64_t value) noexcept;
    std::size_t size_of(std::size_t block) const noexcept;
    std::uint32_t next(std::size_t block) const noexcept;
    std::uint32_t before(std::size_t block) const noexcept;
    void set_links(std::size_t block, std::uint32_t before, std::uint32_t next) noexcept;

    bool is_edge(std::size_t cell) const noexcept { return (edges_[cell / 64] >> cell % 64 & 1) != 0; }
    void turn_edges(std::size_t first, std::size_t cells) noexcept;
    static std::size_t list_for(std::size_t cells) noexcept { return cells < longest ? cells : longest; }
    std::size_t list_with(std::size_t cells) const noexcept;
    void insert(std::size_t first, std::size_t cells) noexcept;
    void remove(std::size_t first, std::size_t cells) noexcept;

    std::span<word> const words_;
    mapping const edge_memory_;
    std::span<std::uint64_t> const edges_;
    std::size_t end_ = 1;
    std::array<std::uint32_t, longest + 1> lists_{};  // by size; the last for all that are as long or longer
    std::array<std::uint64_t, (longest + 64) / 64> not_empty_{};  // a bit for each list
};

}  // namespace tokend
