#pragma once

#include "base/principal.hpp"

#include <array>
#include <cstdint>
#include <span>

namespace tokend {

// A universal hash under a secret key that each object draws at construction. Two different texts collide with a
// probability of 2^-63, and somebody who does not see the hashes cannot choose texts that collide. It is NH (UMAC, RFC
// 4418 section 5.2.2, with words of 64 bits), followed by multilinear hashing of its sum and the length (Lemire and
// Kaser, 2014). Thread-safe.
class keyed_hash
{
public:
    keyed_hash();  // throws std::system_error if the kernel gives no random bytes

    // REQUIRES: at most max_principal_bytes.
    std::uint64_t operator()(std::span<char const> text) const noexcept;

private:
    __extension__ using wide = unsigned __int128;

    std::array<wide, 4> end_key_;
    std::array<std::uint64_t, max_principal_bytes / sizeof(std::uint64_t)> key_;
};

}  // namespace tokend
