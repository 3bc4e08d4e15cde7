#pragma once

#include "journal/latest_ends.hpp"
#include "journal/layout.hpp"
#include "journal/part.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tokend {

// Bytes that tokens name.
struct journal_record
{
    std::uint64_t serial;
    std::string bytes;
};

// The contents of a tokens file: its snapshot and everything logged since. An entry may be in both. A reader takes all
// records, the last one of each serial, and then all tokens; gives each token the latest recorded expiry; and drops
// every token whose end is recorded. Construction reads everything but the tokens, which the caller reads. Both throw
// what `read` throws.
struct journal_contents
{
    journal_contents(layout::header const& header, std::uint64_t file_bytes, read_bytes const& read);

    journal_part tokens;  // of the snapshot
    journal_part log;     // up to its last entry
    std::vector<journal_record> records;
    std::vector<journal_record> addresses;
    latest_ends ends;
    std::size_t damaged = 0;     // unreadable units that were on the disk; those of `tokens` are not counted
    std::size_t unfinished = 0;  // unreadable units that had not reached the disk when the process or the power ended
    std::uint32_t newest = 0;    // Unix seconds: the latest issue or use
    std::uint64_t last_serial = 0;   // of the records, and of those that the log's tokens name
    std::uint64_t last_address = 0;  // of the addresses, likewise
};

}  // namespace tokend
