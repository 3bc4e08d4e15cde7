#pragma once

#include "journal/journal.hpp"
#include "table/table.hpp"

#include <chrono>
#include <cstddef>

namespace tokend {

// Writes all live tokens and what they name into a new snapshot. Thread-safe.
void write_snapshot(table& from, journal::snapshot& to, std::chrono::sys_seconds now);

// The most bytes that a snapshot of such a table has.
std::size_t snapshot_bytes(table_options const& options);

}  // namespace tokend
