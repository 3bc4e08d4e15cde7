#pragma once

#include "base/principal.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace tokend {

// Hashes under a secret of this object's own, drawn at construction: nobody outside can choose texts that meet. Any thread.
class keyed_hash
{
public:
    keyed_hash();  // throws std::system_error if the kernel gives no random bytes

    // SipHash-2-4.
    std::uint64_t operator()(std::span<char const> text) const noexcept;

    // For longer texts, at a tenth of the cost: SipHash-2-4 of NH (UMAC, RFC 4418 section 5.2, with words of 64 bits) and length. The
    // probability that two different texts have one digest is 2^-63. REQUIRES: at most max_principal_bytes.
    std::uint64_t digest(std::span<char const> text) const noexcept;

private:
    static constexpr std::size_t pair_size = 2 * sizeof(std::uint64_t);

    std::array<std::uint64_t, 2> short_key_;
    std::array<std::uint64_t, max_principal_bytes / sizeof(std::uint64_t)> long_key_;
};

}  // namespace tokend
