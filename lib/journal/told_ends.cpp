#include "journal/told_ends.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace tokend {

told_ends::told_ends(std::span<told_end const> all) : places_(all.empty() ? 0 : std::bit_ceil(2 * all.size()))
{
    for (auto const& told : all)
    {
        assert(told.expires != 0);
        auto& p = places_[place_of(told.a, told.b)];
        p = {told.a, told.b, std::max(p.expires, told.expires)};
    }
}

std::size_t told_ends::place_of(std::uint64_t a, std::uint64_t b) const noexcept
{
    auto at = b & (places_.size() - 1);
    while (places_[at].expires != 0 && (places_[at].a != a || places_[at].b != b))
        at = (at + 1) & (places_.size() - 1);
    return at;
}

}  // namespace tokend
