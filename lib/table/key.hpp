#pragma once

#include <cstdint>

namespace tokend {

// The key of a token: 128 bits of its digest, uniformly random, so that no further hashing is needed.
struct token_key
{
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    bool operator==(token_key const&) const = default;
};

}  // namespace tokend
