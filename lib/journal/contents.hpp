#pragma once

#include "journal/entry.hpp"
#include "journal/layout.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tokend {

// A row of units of one file.
struct journal_part
{
    std::span<std::byte const> units;
    std::uint64_t seed = 0;
    std::uint64_t first = 0;  // number of the first unit

    // The same, in `pieces` of about the same size. REQUIRES: every entry has one unit.
    std::vector<journal_part> split(std::size_t pieces) const;
};

// What a file tells that began with this header: the newest complete snapshot and all that was written since. An entry may stand in
// both, and entries are in no order but that a token's record is there before it is acknowledged; so whoever reads
// takes all records, then all tokens, each until the latest end that a touch tells, and none of which an end is told.
struct journal_contents
{
    journal_contents(layout::header const& header, std::span<std::byte const> file);

    journal_part records;
    journal_part tokens;
    std::vector<journal_part> logs;  // one or two, the older first
};

struct journal_count
{
    std::size_t read = 0;        // units
    std::size_t end = 0;         // number of the first one behind the last entry
    std::size_t unreadable = 0;  // before that: damaged, or not finished when the process was killed
};

// Calls `use(entry)` for every entry of a part.
template <class Use>
journal_count for_each_entry(journal_part const& part, Use&& use)
{
    journal_count count{.end = part.first};
    journal_entry entry;
    auto const end = part.first + part.units.size() / journal_unit::size;
    for (auto position = part.first; position < end;)
    {
        auto const here = part.units.subspan((position - part.first) * journal_unit::size);
        if (!journal_unit::read(here, part.seed, position, entry))
        {
            ++position;
            continue;
        }
        count.unreadable += position - count.end;
        count.read += entry.units;
        count.end = position += entry.units;
        use(entry);
    }
    return count;
}

}  // namespace tokend
