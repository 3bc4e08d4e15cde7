#include "tablefile/snapshot.hpp"

#include "table/table_export.hpp"

namespace tokend {

// An issue that was logged before the turn of the snapshot is in the table when the inserts that were under way at the
// turn have ended; table_export waits for them. The record of a token that is seen afterwards is in the snapshot, or in
// the log behind the turn.
void write_snapshot(table& from, journal::snapshot& to, std::chrono::sys_seconds now)
{
    table_export live{from};
    live.for_each_principal([&](std::uint64_t serial, std::span<char const> bytes) {
        to.add({.kind = entry_kind::record, .serial = serial, .bytes = bytes});
    });
    live.for_each_address([&](std::uint64_t serial, std::span<char const> bytes) {
        to.add({.kind = entry_kind::address, .serial = serial, .bytes = bytes});
    });
    auto const add = [&](exported_token const& token) {
        to.add({.kind = entry_kind::issue,
                .a = token.key.a,
                .b = token.key.b,
                .issued = token.issued,
                .expires = token.expires,
                .serial = token.principal,
                .address = token.address});
    };
    live.for_each_token(now, add, [&] { to.rest(); });
}

// A snapshot has at most one unit for each slot, and the records of all tokens.
std::size_t snapshot_bytes(table_options const& options)
{
    return table::slots_for(options) * journal_unit::size + options.record_room();
}

}  // namespace tokend
