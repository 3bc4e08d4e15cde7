#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace tokend {

// The key of a token: its digest's 128 bits, uniformly random, so that no further hashing is needed.
struct token_key
{
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    bool operator==(token_key const&) const = default;
};

struct table_options
{
    std::size_t capacity = 1'000'000;  // live tokens, hard
};

// What find() copies out of the table: the caller's own, reusable, no allocation after the first use.
class found_token;

class table;

}  // namespace tokend
