#pragma once

#include "base/clock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tokend {

// What a tokens file is made for. All counts are rounded up to pages.
struct journal_geometry
{
    std::uint64_t capacity = 0;        // tokens, as the table's
    std::uint64_t snapshot_bytes = 0;  // room for all records and tokens at one time, twice in the file
    std::uint64_t log_bytes = 0;       // room for what happened since, twice in the file

    bool operator==(journal_geometry const&) const = default;
};

// The file: four pages of header, then twice a snapshot and a log. The page 0 says what the file is and never changes; page 1 and 2
// belong to the two halves; page 3 changes with each synchronization. Each begins with a struct below, whose last word vouches for
// the others. Little endian, as the machine's own: a machine with another order refuses the file.
namespace layout {

inline constexpr std::size_t page = 4096;
constexpr std::uint64_t whole_pages(std::uint64_t bytes) noexcept { return (bytes + page - 1) / page * page; }
inline constexpr std::uint32_t version = 2;

struct identity
{
    std::array<char, 8> magic{'t', 'o', 'k', 'e', 'n', 'd', 0x1a, '\n'};
    std::uint32_t version = layout::version;
    std::uint32_t byte_order = 0x01020304;
    std::array<std::uint64_t, 2> file_id{};  // random
    std::uint64_t salt = 0;                  // random
    journal_geometry geometry{};
    std::uint64_t check = 0;
};

// A half, whose snapshot holds everything up to its beginning once it is complete. Halves take turns: the number grows by one.
struct half
{
    std::uint64_t number = 0;
    std::uint64_t salt = 0;  // random, so that what the half held before is not taken for its own
    std::uint64_t complete = 0;
    std::uint64_t record_units = 0;  // at the beginning of the snapshot
    std::uint64_t token_units = 0;   // behind them
    std::uint64_t check = 0;
};

struct state
{
    std::int64_t clock = 0;      // nanoseconds since 1970, as last told
    std::uint64_t openings = 0;  // serials begin with this number
    std::uint64_t half = 0;      // number of the one whose log was being written
    std::uint64_t settled = 0;   // units of that log that were on the disk, all of them filled
    std::uint64_t check = 0;
};

// Everything about a file that stands in its first pages.
struct header
{
    identity what;
    std::array<half, 2> halves;
    state now;

    std::size_t file_bytes() const noexcept;
    std::size_t snapshot_at(std::size_t which) const noexcept;  // offset in the file, as the next
    std::size_t log_at(std::size_t which) const noexcept;
    std::uint64_t seed(std::size_t which) const noexcept { return what.salt ^ halves[which].salt; }
    // How many units of a half's log were on the disk, all of them filled: what cannot be read there is damaged. `all`: whatever the
    // log holds, as it was left for the next one.
    static constexpr std::uint64_t all = ~std::uint64_t{0};
    std::uint64_t settled(std::size_t which) const noexcept;

    // The half with the newest complete snapshot; the other one continues its log if it is being written.
    std::size_t current() const noexcept;
    bool other_continues() const noexcept { return halves[1 - current()].number == halves[current()].number + 1; }
};

void seal(identity& of) noexcept;
void seal(half& of) noexcept;
void seal(state& of) noexcept;

// What is wrong with a file of that size that begins with these bytes (four pages, or fewer if the file is shorter); empty if it is
// a tokens file of ours, and then `out` is its header.
std::string read_header(std::span<std::byte const> pages, std::uint64_t file_bytes, header& out);

}  // namespace layout
}  // namespace tokend
