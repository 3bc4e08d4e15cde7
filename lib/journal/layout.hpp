#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tokend {

// The layout of a tokens file: two pages of header, then a snapshot, then a log that grows. Page 0 holds the identity,
// which never changes; page 1 holds the state, which is written after each synchronization. Each ends with a checksum
// of its other words. The byte order is the machine's own. A machine with another byte order refuses the file.
namespace layout {

inline constexpr std::size_t page = 4096;
constexpr std::uint64_t whole_pages(std::uint64_t bytes) noexcept { return (bytes + page - 1) / page * page; }
inline constexpr std::uint32_t version = 3;
inline constexpr std::array<char, 8> magic{'t', 'o', 'k', 'e', 'n', 'd', 0x1a, '\n'};
inline constexpr std::uint32_t byte_order = 0x01020304;
inline constexpr std::size_t header_bytes = 2 * page;

struct identity
{
    std::array<char, 8> magic = layout::magic;
    std::uint32_t version = layout::version;
    std::uint32_t byte_order = layout::byte_order;
    std::array<std::uint64_t, 2> file_id{};  // random
    std::uint64_t salt = 0;                  // random, so that units of another file are not taken for this one's
    std::uint64_t capacity = 0;              // tokens, of the table that made the file
    std::uint64_t record_units = 0;          // at the beginning of the snapshot
    std::uint64_t token_units = 0;           // behind them
    std::uint64_t newest = 0;                // Unix seconds: the latest issue or use when the snapshot was made
    std::uint64_t check = 0;
};

struct state
{
    std::uint64_t bytes = 0;    // length of the file that was on the disk; a file that is shorter has been cut
    std::uint64_t settled = 0;  // units of the log that were on the disk
    std::uint64_t check = 0;
};

struct header
{
    identity what;
    state now;

    std::uint64_t snapshot_seed() const noexcept { return what.salt; }
    std::uint64_t log_seed() const noexcept { return ~what.salt; }  // differs from the snapshot's
    std::uint64_t log_at() const noexcept;                          // offset in the file
};

// The header of a new file, with random numbers of its own. Throws std::system_error.
header new_header(std::uint64_t capacity);

void seal(identity& of) noexcept;
void seal(state& of) noexcept;

// The checksum of a struct of the header without its last member.
std::uint64_t check_of(std::span<std::byte const> part) noexcept;

// Returns the layout version in the first bytes of a file, or 0 if it is not a tokens file. Sets `reversed` if a
// machine of another byte order wrote the file.
std::uint32_t version_of(std::span<std::byte const> pages, bool& reversed) noexcept;

// Checks the first bytes and the size of a file. Returns an empty text, and fills `out`, if it is a tokens file of this
// version; else the text explains what is wrong.
std::string read_header(std::span<std::byte const> pages, std::uint64_t file_bytes, header& out);

}  // namespace layout
}  // namespace tokend
