#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tokend {

// That the token of a key ends later than it was issued for, or has ended.
struct told_end
{
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint32_t expires = 0;  // Unix seconds, or told_ends::ended
};

// What the logs of a file tell of tokens wherever they were issued: the latest end of each.
class told_ends
{
public:
    static constexpr std::uint32_t ended = ~std::uint32_t{0};

    told_ends() = default;
    explicit told_ends(std::span<told_end const> all);  // REQUIRES: no end at 0

    // Unix seconds, `ended`, or 0: nothing is told.
    std::uint32_t operator()(std::uint64_t a, std::uint64_t b) const noexcept
    {
        return places_.empty() ? 0 : places_[place_of(a, b)].expires;
    }

    // Brings what is told of a token into the cache; `b`: of its key.
    void prefetch(std::uint64_t b) const noexcept
    {
        if (!places_.empty())
            __builtin_prefetch(&places_[b & (places_.size() - 1)]);
    }

private:
    // Where the key is, or the free place that ends the search.
    std::size_t place_of(std::uint64_t a, std::uint64_t b) const noexcept;

    std::vector<told_end> places_;  // a power of two of them, at least half of them free: those that end at 0
};

}  // namespace tokend
