#pragma once

#include "journal/contents.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tokend {

// What the logs of a file tell of tokens wherever they were issued: that they end later, or have ended.
class told_ends
{
public:
    static constexpr std::uint32_t ended = ~std::uint32_t{0};

    explicit told_ends(std::vector<journal_part> const& logs);

    // Unix seconds, `ended`, or 0: nothing is told.
    std::uint32_t operator()(std::uint64_t a, std::uint64_t b) const noexcept
    {
        return places_.empty() ? 0 : places_[place_of(a, b)].expires;
    }

private:
    struct place
    {
        std::uint64_t a = 0;
        std::uint64_t b = 0;
        std::uint32_t expires = 0;  // 0: free
    };
    // Where the key is, or the free place that ends the search.
    std::size_t place_of(std::uint64_t a, std::uint64_t b) const noexcept;

    std::vector<place> places_;  // a power of two of them, at least half of them free
};

}  // namespace tokend
