#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace tokend {

// A number, or a percentage of a whole.
struct portion
{
    std::uint64_t value = 0;
    bool is_percentage = false;

    // Rounded down, but at least 1.
    std::size_t of(std::size_t whole) const noexcept
    {
        return std::max<std::size_t>(is_percentage ? whole * value / 100 : value, 1);
    }
    bool operator==(portion const&) const = default;
};

}  // namespace tokend
