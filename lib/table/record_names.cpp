#include "table/record_names.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <new>
#include <utility>

namespace tokend {

// The position of the entry, or of the free one that ends the search. REQUIRES: size_ > used_.
std::size_t record_names::place_of(std::uint64_t name, std::uint64_t owner) const noexcept
{
    auto place = name & (size_ - 1);
    while (at(place).record != 0 && (at(place).name != name || at(place).owner != upper(owner)))
        place = next(place);
    return place;
}

std::uint32_t record_names::find(std::uint64_t name, std::uint64_t owner) const noexcept
{
    return size_ == 0 ? 0 : at(place_of(name, owner)).record;
}

bool record_names::insert(std::uint64_t name, std::uint64_t owner, std::uint32_t record) noexcept
{
    assert(record != 0 && find(name, owner) == 0);
    if (4 * (used_ + 1) > 3 * size_ && !resize(std::max(2 * size_, least)))
        return false;
    at(place_of(name, owner)) = {name, upper(owner), record};
    ++used_;
    return true;
}

bool record_names::resize(std::size_t size) noexcept
{
    assert(std::has_single_bit(size) && size > used_);
    std::unique_ptr<block[]> fresh{new (std::nothrow) block[size / entries_per_block]{}};
    if (!fresh)
        return false;
    auto const old = std::exchange(blocks_, std::move(fresh));
    auto const old_blocks = std::exchange(size_, size) / entries_per_block;
    for (auto const& b : std::span{old.get(), old_blocks})
        for (auto const& e : b.entries)
            if (e.record != 0)
            {
                auto place = e.name & (size_ - 1);
                while (at(place).record != 0)
                    place = next(place);
                at(place) = e;
            }
    hint_.store(reinterpret_cast<std::uintptr_t>(blocks_.get()) | static_cast<unsigned>(std::countr_zero(size_)),
                std::memory_order_relaxed);
    return true;
}

// Moves the following entries up if that brings them nearer to their home.
void record_names::erase(std::uint64_t name, std::uint64_t owner) noexcept
{
    assert(find(name, owner) != 0);
    auto const distance = [this](std::size_t from, std::size_t to) { return (to - from) & (size_ - 1); };
    auto hole = place_of(name, owner);
    for (auto place = next(hole); at(place).record != 0; place = next(place))
        if (auto const home = at(place).name & (size_ - 1); distance(home, place) >= distance(hole, place))
            at(std::exchange(hole, place)) = at(place);
    at(hole) = {};
    --used_;
    if (4 * used_ < size_ && size_ > least)
        resize(size_ / 2);  // without memory for it, the next erase tries again
}

}  // namespace tokend
