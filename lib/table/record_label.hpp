#pragma once

#include "base/principal.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace tokend {

// The first word of a record: number of its keeper 32 bits (high) | stripe 16 | 3 unused | length - 1, 13 bits. One
// load yields all of it. A reader that comes late may take any other word for a label; so the length is in bounds
// whatever the bits are.
class record_label
{
public:
    static constexpr unsigned stripe_bits = 16;

    constexpr record_label() = default;
    constexpr explicit record_label(std::uint64_t bits) noexcept : bits_{bits} {}
    // `owner`: hash of the owner's identity; its low bits choose the stripe.
    constexpr record_label(std::uint32_t keeper, std::uint64_t owner, std::size_t length) noexcept
        : bits_{std::uint64_t{keeper} << 32 | (owner & ((1U << stripe_bits) - 1)) << stripe_bits | (length - 1)}
    {}

    constexpr std::uint64_t bits() const noexcept { return bits_; }
    constexpr std::uint32_t keeper() const noexcept { return static_cast<std::uint32_t>(bits_ >> 32); }
    constexpr std::uint64_t stripe() const noexcept { return bits_ >> stripe_bits & ((1U << stripe_bits) - 1); }
    // In bytes, from 1 to `Longest`.
    template <std::size_t Longest = max_principal_bytes>
    constexpr std::size_t length() const noexcept
    {
        static_assert(std::has_single_bit(Longest) && Longest <= 1U << 13);
        return (bits_ & (Longest - 1)) + 1;
    }

private:
    std::uint64_t bits_ = 0;
};

}  // namespace tokend
