#include "table/table.hpp"

// A table into a tokens file.
namespace tokend {

void table::write_to(journal& kept, restored_tokens const& restored) noexcept
{
    index_.count_serials_from(restored.last_serial + 1);
    addresses_.count_serials_from(restored.last_address + 1);
    journal_ = &kept;
}

// What was logged before the snapshot's turn is in the table once every insert that was under way then is over. A token that is
// seen in its slot afterwards has its record in the snapshot, or in the log behind the turn.
void table::write_snapshot(journal::snapshot& to, std::chrono::sys_seconds now)
{
    index_.await_puts();
    index_.for_each_record([&](std::uint64_t number, std::span<char const> bytes) {
        to.add({.kind = entry_kind::record, .serial = number, .bytes = bytes});
    });
    addresses_.for_each([&](std::uint64_t number, std::span<char const> bytes) {
        to.add({.kind = entry_kind::address, .serial = number, .bytes = bytes});
    });
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (auto const token = entry_of(slots_[i], narrow(now)))
            to.add(*token);
}

// Nothing: there is no token that belongs into a snapshot.
std::optional<journal_entry> table::entry_of(atomic_slots::slot const& held, std::uint32_t now) const noexcept
{
    for (sighting seen; held.life().live() && held.read(seen) && !seen.life.expired(now);)
    {
        auto const label = index_.label(seen.record);
        auto const address = addresses_.of(slots_.number_of(held));
        auto const address_label = addresses_.label(address);
        if (!held.still(seen.life))
            continue;
        journal_entry const token{.kind = entry_kind::issue,
                                  .a = seen.key.a,
                                  .b = seen.key.b,
                                  .issued = seen.life.issued(),
                                  .expires = seen.life.expiry(),
                                  .serial = index_.serial(label).number(),
                                  .address = addresses_.serial_of(address, address_label)};
        if (held.still(seen.life))
            return token;
    }
    return {};
}

}  // namespace tokend
