#pragma once

#include "journal/entry.hpp"
#include "journal/file.hpp"
#include "journal/layout.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

// How tokens files are made and how they grow. The journal and its snapshots share it.
namespace tokend {

inline constexpr std::uint64_t least_step = std::uint64_t{1} << 20;  // bytes by which a file grows
inline constexpr std::uint64_t most_step = std::uint64_t{64} << 20;
inline constexpr std::uint64_t for_ends = least_step / journal_unit::size;  // units that issues leave free
inline constexpr std::uint64_t room_ahead = (std::uint64_t{8} << 20) / journal_unit::size;  // units that should be free
inline constexpr std::uint64_t for_padding =
    4 * layout::page / journal_unit::size;  // units that a batch and a synchronization may skip
inline constexpr std::uint64_t many_copies = (std::uint64_t{256} << 10);  // bytes of second copies that wait at most

inline std::runtime_error refusal_of(journal_file const& file, std::string const& why)
{
    return std::runtime_error{"tokens file " + file.path().string() + ' ' + why};
}

template <class Part>
void write_page(journal_file const& file, std::size_t number, Part& part)
{
    layout::seal(part);
    file.write(number * layout::page, std::as_bytes(std::span{&part, 1}));
}

// Returns the length of a file with this header and `units` units of log, rounded up to whole pages.
inline std::uint64_t bytes_for(layout::header const& header, std::uint64_t units)
{
    return layout::whole_pages(header.log_at() + units * journal_unit::size);
}

// Returns the first unit, from `unit` on, that begins in a page that earlier units do not reach. A log begins with a
// page.
constexpr std::uint64_t fresh_page_behind(std::uint64_t unit) noexcept
{
    return (layout::whole_pages(unit * journal_unit::size) + journal_unit::size - 1) / journal_unit::size;
}

inline std::uint64_t step_of(std::uint64_t bytes)
{
    return layout::whole_pages(std::clamp(bytes / 8, least_step, most_step));
}

// Seals entries and writes them to a file in a row. Not thread-safe.
class entry_writer
{
public:
    explicit entry_writer(journal_file const& to) : file_{to} { ready_.reserve(std::size_t{1} << 20); }

    // Begins another part of the file, at offset `at`; the next entry is its unit 0.
    void begin(std::uint64_t at, std::uint64_t seed)
    {
        flush();
        at_ = at;
        seed_ = seed;
        units_ = 0;
    }
    void put(journal_entry const& entry)
    {
        auto const bytes = journal_unit::count_of(entry) * journal_unit::size;
        if (ready_.size() + bytes > ready_.capacity())
            flush();
        auto const at = ready_.size();
        ready_.resize(at + bytes);
        journal_unit::write(ready_.data() + at, entry);
        units_ += journal_unit::seal(ready_.data() + at, seed_, units_);
    }
    void start_fresh_page()
    {
        if (auto const fresh = fresh_page_behind(units_); fresh != units_)
            put({.kind = entry_kind::skip, .units = fresh - units_});
    }
    void flush()
    {
        file_.write(at_, ready_);
        at_ += ready_.size();
        ready_.clear();
    }
    std::uint64_t units() const noexcept { return units_; }  // since begin()

private:
    journal_file const& file_;
    std::uint64_t at_ = 0;
    std::uint64_t seed_ = 0;
    std::uint64_t units_ = 0;
    std::vector<std::byte> ready_;
};

// Extends the file to `wanted` bytes, or as far as the disk has room, but to at least `least` bytes. Returns the new
// length. Throws std::system_error if there is no room for `least`. REQUIRES: the file has `from` bytes, in whole
// pages.
inline std::uint64_t allocate_most(journal_file const& file, std::uint64_t from, std::uint64_t wanted,
                                   std::uint64_t least)
{
    auto end = std::max(layout::whole_pages(wanted), from);
    auto const shortest = std::max(layout::whole_pages(least), from);
    for (; end > shortest; end = std::max(shortest, layout::whole_pages(from + (end - from) / 2)))
        try
        {
            file.allocate(from, end - from);
            return end;
        }
        catch (std::system_error const&)
        {
            if (layout::whole_pages(from + (end - from) / 2) == end)
                break;
        }
    if (shortest > from)
        file.allocate(from, shortest - from);
    return shortest;
}

// Completes a new file whose log has `log_units` units: adds room for `owed` units, which will be written for sure, and
// for more, writes the header, and synchronizes.
inline void complete(journal_file const& file, layout::header& header, std::uint64_t log_units, std::uint64_t owed = 0)
{
    auto const sure = log_units + owed;
    auto const bytes = allocate_most(file, 0, bytes_for(header, sure + room_ahead), bytes_for(header, sure + for_ends));
    header.now = {.bytes = bytes, .settled = log_units};
    write_page(file, 1, header.now);
    write_page(file, 0, header.what);
    file.synchronize();
}

}  // namespace tokend
