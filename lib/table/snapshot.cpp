#include "table/table.hpp"

// A table into a tokens file.
namespace tokend {

void table::write_to(journal& kept, std::uint64_t last) noexcept
{
    index_.count_serials_from(last + 1);
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
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (auto const token = entry_of(slots_[i], narrow(now)))
            to.add(*token);
}

// Nothing: there is no token that belongs into a snapshot.
std::optional<journal_entry> table::entry_of(atomic_slots::slot const& held, std::uint32_t now) const noexcept
{
    for (sighting seen; held.life().live() && held.read(seen) && !seen.life.expired(now);)
    {
        journal_entry const token{.kind = entry_kind::issue,
                                  .a = seen.key.a,
                                  .b = seen.key.b,
                                  .issued = seen.life.issued(),
                                  .expires = seen.life.expiry(),
                                  .serial = index_.serial(seen.record).number()};
        if (held.still(seen.life))
            return token;
    }
    return {};
}

}  // namespace tokend
