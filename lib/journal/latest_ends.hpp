#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tokend {

// What the log records about the end of one key: a later expiry, or that the token has ended.
struct recorded_end
{
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::uint32_t expires = 0;  // Unix seconds, or latest_ends::ended
};

// The latest recorded end of each token, wherever in the file its issue is.
class latest_ends
{
public:
    static constexpr std::uint32_t ended = ~std::uint32_t{0};

    latest_ends() = default;
    explicit latest_ends(std::span<recorded_end const> all);  // REQUIRES: no `expires` is 0

    // Returns Unix seconds, `ended`, or 0 if the log records no end.
    std::uint32_t operator()(std::uint64_t a, std::uint64_t b) const noexcept
    {
        return places_.empty() ? 0 : places_[place_of(a, b)].expires;
    }

    // Fetches the recorded end of a token into the cache. `b` is the second half of its key.
    void prefetch(std::uint64_t b) const noexcept
    {
        if (!places_.empty())
            __builtin_prefetch(&places_[b & (places_.size() - 1)]);
    }

private:
    // The position of the key, or the free one that ends the search.
    std::size_t place_of(std::uint64_t a, std::uint64_t b) const noexcept;

    std::vector<recorded_end> places_;  // a power of two of them, at least half of them free: `expires` is 0
};

}  // namespace tokend
