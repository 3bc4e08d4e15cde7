#include "table/record_cells.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tokend {
namespace {

std::size_t checked(std::size_t bytes)
{
    constexpr std::size_t numbered = std::size_t{1} << 38;  // 2^32 cells
    if (bytes < 2 * max_principal_bytes || bytes > numbered)
        throw std::invalid_argument("the room for principals must be from 16 KiB to 256 GiB");
    return bytes;
}

}  // namespace

record_cells::record_cells(std::size_t bytes) : cells_{checked(bytes)} {}

std::uint32_t record_cells::store(std::span<char const> bytes) noexcept
{
    auto const record = allocate(cells_for(bytes.size()));
    if (record != 0)
        words::store(words_of(record), bytes);
    return record;
}

// A block of exactly this size, new or freed; if there is none, the smallest larger one that is free. 0: none.
std::uint32_t record_cells::allocate(std::size_t cells) noexcept
{
    static_assert(cells_for(max_principal_bytes) == longest);
    std::lock_guard const lock{space_};
    if (free_[cells] == 0 && top_ + cells <= cells_.size() / cell_size)
    {
        auto const record = static_cast<std::uint32_t>(std::exchange(top_, top_ + cells));
        keeper(record).cells = static_cast<std::uint32_t>(cells);
        return record;
    }
    auto const fitting = std::find_if(free_.begin() + static_cast<std::ptrdiff_t>(cells), free_.end(),
                                      [](std::uint32_t first) { return first != 0; });
    return fitting == free_.end() ? 0 : std::exchange(*fitting, keeper(*fitting).next);
}

void record_cells::recycle(std::uint32_t record) noexcept
{
    std::lock_guard const lock{space_};
    auto& k = keeper(record);
    k.next = std::exchange(free_[k.cells], record);
}

std::size_t record_cells::bytes_used() const noexcept
{
    std::lock_guard const lock{space_};
    return top_ * cell_size;
}

}  // namespace tokend
