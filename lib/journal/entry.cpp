#include "journal/entry.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace tokend {
namespace {

using words = std::array<std::uint64_t, 5>;
static_assert(sizeof(words) == journal_unit::size);

// Multiply and fold, as in wyhash: one flipped bit changes half of the result.
std::uint64_t fold(std::uint64_t x, std::uint64_t y) noexcept
{
    __extension__ using wide = unsigned __int128;
    auto const product = wide{x} * y;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

constexpr std::array<std::uint64_t, 4> odd{0xa0761d6478bd642f, 0xe7037ed1a0b428db, 0x8ebc6af09c88c6e3,
                                           0x589965cc75374cc3};

std::uint64_t seal(words const& w, std::uint64_t seed, std::uint64_t position) noexcept
{
    auto const first = fold(w[0] ^ odd[0] ^ seed, w[1] ^ odd[1] ^ position);
    auto const second = fold(w[2] ^ odd[2] ^ seed, w[3] ^ odd[3] ^ position);
    return fold(first ^ odd[1], second ^ odd[0] ^ seed);
}

}  // namespace

std::uint64_t checksum(std::span<std::byte const> bytes, std::uint64_t seed) noexcept
{
    auto sum = fold(seed ^ odd[0], bytes.size() ^ odd[1]);
    for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), 8)))
    {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), std::min<std::size_t>(bytes.size(), 8));
        sum = fold(sum ^ word ^ odd[2], odd[3] ^ seed);
    }
    return sum;
}

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

bool journal_unit::read(std::span<std::byte const> from, std::uint64_t seed, std::uint64_t position,
                        journal_entry& out) noexcept
{
    words w;
    if (from.size() < size)
        return false;
    std::memcpy(w.data(), from.data(), size);
    if ((w[3] & 0xff) == 0 || w[4] != seal(w, seed, position))  // no kind: nothing was written there
        return false;
    out = {.kind = static_cast<entry_kind>(w[3] & 0xff),
           .a = w[0],
           .b = w[1],
           .issued = static_cast<std::uint32_t>(w[2]),
           .expires = static_cast<std::uint32_t>(w[2] >> 32),
           .serial = w[3] >> 8};
    auto const there = from.size() / size;
    switch (out.kind)
    {
    case entry_kind::issue:
    case entry_kind::touch:
    case entry_kind::end:
        return true;
    case entry_kind::skip:
        out.units = w[0];
        return out.units > 0 && out.units <= there;
    case entry_kind::record:
        if (w[0] > (there - 1) * size)
            return false;
        out.bytes = {reinterpret_cast<char const*>(from.data() + size), w[0]};
        out.units = count(w[0]);
        return w[1] == checksum(std::as_bytes(out.bytes), seed);
    }
    return false;
}

}  // namespace tokend
