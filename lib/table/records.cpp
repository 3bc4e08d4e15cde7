#include "table/records.hpp"

#include "table/siphash.hpp"

#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tokend {
namespace {

std::array<std::uint64_t, 2> random_key()
{
    std::array<std::uint64_t, 2> key{};
    if (::getrandom(key.data(), sizeof key, 0) != sizeof key)  // never cut short: at most 256 bytes
        throw std::system_error(errno, std::generic_category(), "getrandom");
    return key;
}

std::size_t checked(std::size_t bytes)
{
    constexpr std::size_t numbered = std::size_t{1} << 38;  // 2^32 cells
    if (bytes < 2 * max_principal_bytes || bytes > numbered)
        throw std::invalid_argument("the room for principals must be from 16 KiB to 256 GiB");
    return bytes;
}

}  // namespace

records::records(records_options options)
    : hash_key_{random_key()},
      cells_{checked(options.bytes)},
      bucket_memory_{std::bit_ceil(std::max<std::size_t>(options.bytes / cell_size / 8, 1)) * sizeof(std::uint32_t)},
      buckets_{bucket_memory_.as<std::uint32_t>()},
      stripe_count_{std::min(std::bit_ceil(std::max<std::size_t>(options.stripes, 1)), buckets_.size())},
      stripes_{std::make_unique<stripe[]>(stripe_count_)}
{}

std::uint32_t records::hold(std::span<char const> bytes) noexcept
{
    auto const hash = siphash(hash_key_, bytes);
    auto& home = stripe_of(hash);
    std::lock_guard const lock{home.mutex};
    auto record = find(hash, bytes);
    if (record == 0)
    {
        record = allocate(cells_for(bytes.size()));
        if (record == 0)
            return 0;
        words::store(words_of(record), bytes);
        auto& k = keeper_of(record);
        k.hash = hash;
        k.tokens = 0;
        k.next = std::exchange(bucket_of(hash), record);
        ++home.records;
    }
    ++keeper_of(record).tokens;
    ++home.tokens;
    return record;
}

void records::release(std::uint32_t record) noexcept
{
    auto& k = keeper_of(record);
    auto& home = stripe_of(k.hash);
    std::lock_guard const lock{home.mutex};
    --home.tokens;
    if (--k.tokens > 0)
        return;
    auto* link = &bucket_of(k.hash);
    while (*link != record)
        link = &keeper_of(*link).next;
    *link = k.next;
    --home.records;
    recycle(record);
}

// REQUIRES: the caller holds the hash's stripe.
std::uint32_t records::find(std::uint64_t hash, std::span<char const> bytes) const noexcept
{
    std::array<char, max_principal_bytes> held;
    auto record = bucket_of(hash);
    for (; record != 0; record = keeper_of(record).next)
        if (keeper_of(record).hash == hash &&
            std::ranges::equal(std::span{held.data(), copy(record, held.data())}, bytes))
            break;
    return record;
}

// A block of exactly this size, new or freed; if there is none, the smallest larger one that is free. 0: none.
std::uint32_t records::allocate(std::size_t cells) noexcept
{
    static_assert(cells_for(max_principal_bytes) == longest);
    std::lock_guard const lock{space_};
    if (free_[cells] == 0 && top_ + cells <= cells_.size() / cell_size)
    {
        auto const record = static_cast<std::uint32_t>(std::exchange(top_, top_ + cells));
        keeper_of(record).cells = static_cast<std::uint32_t>(cells);
        return record;
    }
    auto const fitting = std::find_if(free_.begin() + static_cast<std::ptrdiff_t>(cells), free_.end(),
                                      [](std::uint32_t first) { return first != 0; });
    return fitting == free_.end() ? 0 : std::exchange(*fitting, keeper_of(*fitting).next);
}

void records::recycle(std::uint32_t record) noexcept
{
    std::lock_guard const lock{space_};
    auto& k = keeper_of(record);
    k.next = std::exchange(free_[k.cells], record);
}

std::size_t records::size() const noexcept
{
    std::size_t sum = 0;
    for (std::size_t i = 0; i < stripe_count_; ++i)
    {
        std::lock_guard const lock{stripes_[i].mutex};
        sum += stripes_[i].records;
    }
    return sum;
}

std::size_t records::tokens() const noexcept
{
    std::size_t sum = 0;
    for (std::size_t i = 0; i < stripe_count_; ++i)
    {
        std::lock_guard const lock{stripes_[i].mutex};
        sum += stripes_[i].tokens;
    }
    return sum;
}

}  // namespace tokend
