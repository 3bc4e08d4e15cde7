#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace tokend::exploration {

// 128 bits for each state that was visited: two of a thousand million states share them with a probability below
// 10^-20.
struct digest
{
    std::uint64_t high = 0x243f'6a88'85a3'08d3;
    std::uint64_t low = 0x1319'8a2e'0370'7344;

    void add(std::uint64_t value) noexcept
    {
        high = folded(high ^ value, 0x9e37'79b9'7f4a'7c15);
        low = folded(low + value, 0xd6e8'feb8'6659'fd93) ^ high;
    }

    // For sets: the sum of the digests of what is in them.
    digest& operator+=(digest const& other) noexcept
    {
        high += other.high;
        low += other.low;
        return *this;
    }
    digest& operator-=(digest const& other) noexcept
    {
        high -= other.high;
        low -= other.low;
        return *this;
    }
    bool operator==(digest const&) const = default;

private:
    static std::uint64_t folded(std::uint64_t x, std::uint64_t by) noexcept
    {
        __extension__ using wide = unsigned __int128;
        auto const product = wide{x ^ by} * (by | 1);
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }
};

struct digest_hash
{
    std::size_t operator()(digest const& d) const noexcept { return d.low; }
};

}  // namespace tokend::exploration
