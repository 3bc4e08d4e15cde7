#include "journal/latest_ends.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace tokend {

latest_ends::latest_ends(std::span<recorded_end const> all) : places_(all.empty() ? 0 : std::bit_ceil(2 * all.size()))
{
    for (auto const& end : all)
    {
        assert(end.expires != 0);
        auto& p = places_[place_of(end.a, end.b)];
        p = {end.a, end.b, std::max(p.expires, end.expires)};
    }
}

std::size_t latest_ends::place_of(std::uint64_t a, std::uint64_t b) const noexcept
{
    auto at = b & (places_.size() - 1);
    while (places_[at].expires != 0 && (places_[at].a != a || places_[at].b != b))
        at = (at + 1) & (places_.size() - 1);
    return at;
}

}  // namespace tokend
