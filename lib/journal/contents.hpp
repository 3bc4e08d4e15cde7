#pragma once

#include "journal/layout.hpp"
#include "journal/part.hpp"
#include "journal/told_ends.hpp"

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

// Units of a log that were reserved, and not filled when the process was killed or the power went.
struct journal_gap
{
    std::size_t half;
    std::uint64_t first;
    std::uint64_t units;
};

// What a file tells that began with this header: the newest complete snapshot and all that was written since. An entry may stand in
// both, and entries are in no order but that a token's record is there before it is acknowledged; so whoever reads
// takes all records, then all tokens, each until the latest end that is told, and none of which an end is told.
// Construction reads everything but the tokens; these are left to be read. It, and that, throw what `read` throws.
struct journal_contents
{
    journal_contents(layout::header const& header, read_bytes const& read);

    journal_part tokens;             // of the snapshot
    std::vector<journal_part> logs;  // up to their last entries; one or two, the older first
    std::vector<journal_record> records;
    told_ends ends;
    std::vector<journal_gap> gaps;  // of the logs, behind what was on the disk
    std::size_t damaged = 0;  // units that cannot be read although they were on the disk; those of tokens not counted

    std::size_t unfinished() const noexcept;  // units in the gaps
};

}  // namespace tokend
