#include "table/table_export.hpp"

namespace tokend {

// Returns nothing if no token lives in the slot.
std::optional<exported_token> table_export::read(std::size_t slot, std::uint32_t now) const noexcept
{
    auto const& held = table_.slots_[slot];
    for (sighting seen; held.life().live() && held.read(seen) && !seen.life.expired(now);)
    {
        auto const label = table_.index_.label(seen.record);
        auto const address = table_.addresses_.of(slot);
        auto const address_label = table_.addresses_.label(address);
        if (!held.still(seen.life))
            continue;
        exported_token const token{.key = seen.key,
                                   .issued = seen.life.issued(),
                                   .expires = seen.life.expiry(),
                                   .principal = table_.index_.serial(label).number(),
                                   .address = table_.addresses_.serial_of(address, address_label)};
        if (held.still(seen.life))
            return token;
    }
    return {};
}

}  // namespace tokend
