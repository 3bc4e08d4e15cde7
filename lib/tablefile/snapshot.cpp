#include "tablefile/snapshot.hpp"

#include "table/table_export.hpp"

// A table into a tokens file.
namespace tokend {

// What was logged before the snapshot's turn is in the table once every insert that was under way then is over. A token that is
// seen in its slot afterwards has its record in the snapshot, or in the log behind the turn.
void write_snapshot(table& from, journal::snapshot& to, std::chrono::sys_seconds now)
{
    table_export live{from};
    live.for_each_principal([&](std::uint64_t serial, std::span<char const> bytes) {
        to.add({.kind = entry_kind::record, .serial = serial, .bytes = bytes});
    });
    live.for_each_address([&](std::uint64_t serial, std::span<char const> bytes) {
        to.add({.kind = entry_kind::address, .serial = serial, .bytes = bytes});
    });
    live.for_each_token(now, [&](exported_token const& token) {
        to.add({.kind = entry_kind::issue,
                .a = token.key.a,
                .b = token.key.b,
                .issued = token.issued,
                .expires = token.expires,
                .serial = token.principal,
                .address = token.address});
    });
}

// A walk over the slots meets each of them once, and a record of each at most.
std::size_t snapshot_bytes(table_options const& options)
{
    return table::slots_for(options) * journal_unit::size + options.record_room();
}

}  // namespace tokend
