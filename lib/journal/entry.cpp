#include "journal/entry.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace tokend {

void journal_unit::write(std::byte* to, journal_entry const& entry) noexcept
{
    assert(entry.serial >> 56 == 0);
    words w{entry.a,
            entry.b,
            std::uint64_t{entry.expires} << 32 | entry.issued,
            entry.serial << 8 | static_cast<std::uint64_t>(entry.kind),
            entry.address,
            0};
    if (has_bytes(entry.kind))
    {
        auto const length = entry.bytes.size();
        assert(count(length) <= longest);
        w = {length, checksum(std::as_bytes(entry.bytes), 0), 0, w[3], 0, 0};
        auto* behind = to + size;
        std::ranges::copy(std::as_bytes(entry.bytes), behind);  // memcpy must not be given the null of an empty span
        std::memset(behind + length, 0, (count(length) - 1) * size - length);
    }
    else if (entry.kind == entry_kind::skip)
        w = {entry.units, 0, 0, w[3], 0, 0};
    std::memcpy(to, w.data(), size);
}

std::size_t journal_unit::seal(std::byte* to, std::uint64_t seed, std::uint64_t position) noexcept
{
    words w;
    std::memcpy(w.data(), to, size);
    w[5] = seal_of(w, seed, position);
    std::memcpy(to + size - sizeof w[5], &w[5], sizeof w[5]);
    return units_at(to);
}

std::size_t journal_unit::units_at(std::byte const* unit) noexcept
{
    std::uint64_t first = 0;
    std::memcpy(&first, unit, sizeof first);
    switch (kind_at(unit))
    {
    case entry_kind::record:
    case entry_kind::address:
        return count(first);
    case entry_kind::skip:
        return first;
    default:
        return 1;
    }
}

// Reads the bytes behind the first unit. REQUIRES: the first unit is readable.
bool journal_unit::read_long(words const& first, std::span<std::byte const> from, journal_entry& out) noexcept
{
    auto const there = from.size() / size;
    switch (out.kind)
    {
    case entry_kind::skip:
        out.units = first[0];
        return out.units > 0 && out.units <= there;
    case entry_kind::record:
    case entry_kind::address:
        if (first[0] > (there - 1) * size)
            return false;
        out.bytes = {reinterpret_cast<char const*>(from.data() + size), first[0]};
        out.units = count(first[0]);
        return first[1] == checksum(std::as_bytes(out.bytes), 0);
    default:
        return false;
    }
}

}  // namespace tokend
