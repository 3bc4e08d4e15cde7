#include "journal/entry.hpp"

#include <cassert>
#include <cstring>

namespace tokend {

void journal_unit::write(std::byte* to, journal_entry const& entry, std::uint64_t seed, std::uint64_t position) noexcept
{
    assert(entry.serial >> 56 == 0);
    words w{entry.a, entry.b, std::uint64_t{entry.expires} << 32 | entry.issued,
            entry.serial << 8 | static_cast<std::uint64_t>(entry.kind), 0};
    if (entry.kind == entry_kind::record)
    {
        auto const length = entry.bytes.size();
        w = {length, checksum(std::as_bytes(entry.bytes), seed), 0, w[3], 0};
        auto* behind = to + size;
        std::memcpy(behind, entry.bytes.data(), length);
        std::memset(behind + length, 0, (count(length) - 1) * size - length);
    }
    else if (entry.kind == entry_kind::skip)
        w = {entry.units, 0, 0, w[3], 0};
    w[4] = seal(w, seed, position);
    std::memcpy(to, w.data(), size);
    if (entry.kind == entry_kind::end)
    {
        w[4] = seal(w, seed, position + 1);
        std::memcpy(to + size, w.data(), size);
    }
}

// What has units behind the first. REQUIRES: that one is whole.
bool journal_unit::read_long(words const& first, std::span<std::byte const> from, std::uint64_t seed,
                             journal_entry& out) noexcept
{
    auto const there = from.size() / size;
    switch (out.kind)
    {
    case entry_kind::skip:
        out.units = first[0];
        return out.units > 0 && out.units <= there;
    case entry_kind::record:
        if (first[0] > (there - 1) * size)
            return false;
        out.bytes = {reinterpret_cast<char const*>(from.data() + size), first[0]};
        out.units = count(first[0]);
        return first[1] == checksum(std::as_bytes(out.bytes), seed);
    default:
        return false;
    }
}

}  // namespace tokend
