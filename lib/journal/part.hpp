#pragma once

#include "journal/entry.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace tokend {

// Fills `out` with the bytes of a file from offset `at` on. Thread-safe.
using read_bytes = std::function<void(std::uint64_t at, std::span<std::byte> out)>;

// Reads a file that is in memory; yields zeros behind its end. REQUIRES: `file` outlives the returned function.
inline read_bytes reader_of(std::span<std::byte const> file)
{
    return [file](std::uint64_t at, std::span<std::byte> out) {
        auto const there = file.subspan(std::min<std::uint64_t>(at, file.size()));
        auto const some = there.first(std::min(there.size(), out.size()));
        std::ranges::fill(std::ranges::copy(some, out.begin()).out, out.end(), std::byte{});
    };
}

// A row of units of one file.
struct journal_part
{
    read_bytes read;
    std::uint64_t at = 0;   // offset of the first unit in the file
    std::size_t count = 0;  // units
    std::uint64_t seed = 0;
    std::uint64_t first = 0;   // number of the first unit
    std::size_t overhang = 0;  // units behind the part into which its last entry may reach

    // The first `unit` units, and those from `unit` on. REQUIRES: unit <= count.
    journal_part up_to(std::size_t unit) const
    {
        assert(unit <= count);
        return {read, at, unit, seed, first, overhang + count - unit};
    }
    journal_part behind(std::size_t unit) const
    {
        assert(unit <= count);
        return {read, at + unit * journal_unit::size, count - unit, seed, first + unit, overhang};
    }
    // Splits the units into `parts` parts of about the same size. An entry belongs to the part in which it begins.
    std::vector<journal_part> split(std::size_t parts) const
    {
        std::vector<journal_part> all;
        for (std::size_t i = 0; i < parts; ++i)
            all.push_back(up_to(count * (i + 1) / parts).behind(count * i / parts));
        return all;
    }
};

// A window of a part's units in memory, which moves along the part. It reads the file and does not map it: a mapping
// costs a fault for every few pages, and raises a signal if the file is cut.
class journal_window
{
public:
    explicit journal_window(journal_part const& part) : part_{part}, available_{part.count + part.overhang} {}

    // Returns the units from `unit` on: enough for the longest entry, or all that are left. Valid until the next call.
    std::span<std::byte const> from(std::size_t unit)
    {
        if (unit + std::min(journal_unit::longest, available_ - unit) > end_)
            load(unit);
        return std::span{bytes_}.subspan((unit - begin_) * journal_unit::size);
    }

private:
    void load(std::size_t unit)
    {
        constexpr std::size_t most = (std::size_t{1} << 18) / journal_unit::size;
        begin_ = unit;
        end_ = unit + std::min(most, available_ - unit);
        bytes_.resize((end_ - begin_) * journal_unit::size);
        part_.read(part_.at + unit * journal_unit::size, bytes_);
    }

    journal_part const& part_;
    std::size_t const available_;
    std::vector<std::byte> bytes_;
    std::size_t begin_ = 0;  // unit
    std::size_t end_ = 0;    // unit
};

struct journal_count
{
    std::size_t read = 0;   // units
    std::uint64_t end = 0;  // number of the first unit behind the last entry
};

// A row of unreadable units.
struct journal_hole
{
    std::uint64_t first;
    std::uint64_t units;
};

// Calls `use(entry)` for every entry of a part, and `miss(hole)` for each row of unreadable units in front of an entry.
// An entry's bytes are valid until the call returns.
template <class Use, class Miss>
journal_count for_each_entry(journal_part const& part, Use&& use, Miss&& miss)
{
    journal_count count{.end = part.first};
    journal_entry entry;
    journal_window window{part};
    auto const end = part.first + part.count;
    for (auto position = part.first; position < end;)
    {
        if (!journal_unit::read(window.from(position - part.first), part.seed, position, entry))
        {
            ++position;
            continue;
        }
        if (position != count.end)
            miss(journal_hole{count.end, position - count.end});
        count.read += entry.units;
        count.end = position += entry.units;
        use(entry);
    }
    return count;
}

template <class Use>
journal_count for_each_entry(journal_part const& part, Use&& use)
{
    return for_each_entry(part, use, [](journal_hole) {});
}

}  // namespace tokend
