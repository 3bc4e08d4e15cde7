#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace tokend {
namespace checksum_parts {

inline constexpr std::array<std::uint64_t, 4> odd{0xa0761d6478bd642f, 0xe7037ed1a0b428db, 0x8ebc6af09c88c6e3,
                                                  0x589965cc75374cc3};

// Multiply and fold, as in wyhash: one flipped bit changes half of the result.
inline std::uint64_t fold(std::uint64_t x, std::uint64_t y) noexcept
{
    __extension__ using wide = unsigned __int128;
    auto const product = wide{x} * y;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace checksum_parts

// A checksum of 64 bits under a seed. It detects accidents, not forgery: whoever can write the file can do as they
// like.
inline std::uint64_t checksum(std::span<std::byte const> bytes, std::uint64_t seed) noexcept
{
    using checksum_parts::fold;
    using checksum_parts::odd;
    auto sum = fold(seed ^ odd[0], bytes.size() ^ odd[1]);
    for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), 8)))
    {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), std::min<std::size_t>(bytes.size(), 8));
        sum = fold(sum ^ word ^ odd[2], odd[3] ^ seed);
    }
    return sum;
}

}  // namespace tokend
