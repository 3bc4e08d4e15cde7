#include "table/record_cells.hpp"

#include <cassert>
#include <stdexcept>
#include <utility>

namespace tokend {
namespace {

std::size_t checked(std::size_t bytes)
{
    static_assert(most_principal_room == std::size_t{64} << 32);  // cells are numbered in 32 bits
    if (bytes < least_principal_room || bytes > most_principal_room)
        throw std::invalid_argument("the room for principals must be from 16 KiB to 256 GiB");
    return bytes;
}

}  // namespace

// A record takes at least a cell and a head, so the number of heads is at most half of the number of cells.
record_cells::record_cells(std::size_t bytes)
    : cells_{checked(bytes) + tail * cell_size},
      heads_{bytes / 2 + cell_size},
      free_{cells_.as<words::word>().first(bytes / cell_size * words_per_cell)},
      room_{bytes / cell_size - 1}
{}

std::uint32_t record_cells::store(std::span<char const> bytes, std::uint64_t owner) noexcept
{
    static_assert(words_per_cell == free_cells::cell_words && cells_for(max_principal_bytes) == free_cells::longest);
    assert(!bytes.empty() && bytes.size() <= max_principal_bytes);
    auto const cells = cells_for(bytes.size());
    std::unique_lock lock{space_};
    auto const record = room_ > cells ? free_.take(cells) : 0;
    if (record == 0)
        return 0;
    room_ -= cells + 1;
    auto const number = take_head();
    lock.unlock();
    record_label const label{number, owner, bytes.size()};
    head_of(label).keeper = {.owner = owner};
    words::store(words_of(record), label, bytes);
    return record;
}

void record_cells::recycle(std::uint32_t record) noexcept
{
    assert(record != 0);
    auto const label = this->label(record);
    auto const cells = cells_for(label.length());
    std::lock_guard const lock{space_};
    keeper(record).after = std::exchange(free_head_, label.keeper());
    room_ += cells + 1;
    free_.give(record, cells);
}

std::uint32_t record_cells::take_head() noexcept
{
    if (free_head_ == 0)
        return static_cast<std::uint32_t>(heads_end_++);
    auto const& free = heads_.as<head>()[free_head_];
    return std::exchange(free_head_, free.keeper.after);
}

std::size_t record_cells::bytes_used() const noexcept
{
    std::lock_guard const lock{space_};
    return (free_.end() + heads_end_) * cell_size + free_.bytes_used();
}

std::size_t record_cells::most_bytes(std::size_t bytes) noexcept
{
    return bytes + tail * cell_size + bytes / 2 + cell_size + free_cells::most_bytes(bytes / cell_size);
}

}  // namespace tokend
