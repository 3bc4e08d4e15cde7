#include "table/table.hpp"

// A table into a tokens file.
namespace tokend {

void table::write_to(journal& kept, std::uint64_t openings) noexcept
{
    constexpr unsigned in_one_opening = 36;  // bits, of the 56 that an entry has room for
    index_.count_serials_from(openings << in_one_opening | 1);
    journal_ = &kept;
}

void table::write_snapshot(journal::snapshot& to, std::chrono::sys_seconds now)
{
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
        auto const label = index_.label(seen.record);
        if (!held.still(seen.life))
            continue;
        auto const& serial = index_.serial(label);
        journal_entry const token{.kind = entry_kind::issue,
                                  .a = seen.key.a,
                                  .b = seen.key.b,
                                  .issued = seen.life.issued(),
                                  .expires = seen.life.expiry(),
                                  .serial = serial.number()};
        bool const told = serial.is_told();  // else its insert is under way, and writes to the log behind the snapshot
        if (!held.still(seen.life))
            continue;
        if (told)
            return token;
        break;
    }
    return {};
}

}  // namespace tokend
