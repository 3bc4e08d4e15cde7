#pragma once

#include "journal/checksum.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace tokend {

enum class entry_kind : std::uint8_t
{
    issue = 1,  // a token, the record that it names, and the address that it was issued to
    touch,      // a token's later end
    end,        // a token is gone for good; the log holds a second copy in another page, against damage
    record,     // bytes that tokens name, in the units that follow; a later entry with the same serial replaces it
    skip,       // units that hold nothing
    address     // as a record: the address of a client
};

// An entry with bytes behind its first unit.
constexpr bool has_bytes(entry_kind kind) noexcept { return kind == entry_kind::record || kind == entry_kind::address; }

// One event. Its kind decides which members have a meaning.
struct journal_entry
{
    entry_kind kind{};
    std::uint64_t a = 0;  // the token's key
    std::uint64_t b = 0;
    std::uint32_t issued = 0;   // Unix seconds; of a touch: when the token was used
    std::uint32_t expires = 0;  // Unix seconds
    std::uint64_t serial = 0;   // of the record: 56 bits
    std::uint64_t address = 0;  // serial of the client's address; 0: unknown
    std::span<char const> bytes{};
    std::size_t units = 1;  // of a skip: its length
};

// The part of a file behind its header consists of units of six words. The last word of a unit is a seal over the other
// words, the unit's position, and a seed of the file.
class journal_unit
{
public:
    static constexpr std::size_t size = 48;

    // Units of the longest entry: a record of 8 KiB.
    static constexpr std::size_t longest = 1 + (8192 + size - 1) / size;

    // Units of a record of so many bytes.
    static constexpr std::size_t count(std::size_t bytes) noexcept { return 1 + (bytes + size - 1) / size; }

    static constexpr std::size_t count_of(journal_entry const& entry) noexcept
    {
        return has_bytes(entry.kind) ? count(entry.bytes.size()) : entry.kind == entry_kind::skip ? entry.units : 1;
    }

    // Writes an entry to `to` without its seal; leaves the units that a skip covers as they are. REQUIRES: room for all
    // units of the entry.
    static void write(std::byte* to, journal_entry const& entry) noexcept;

    // Seals the entry whose first unit is `to`, at unit number `position`. Returns how many units the entry has.
    static std::size_t seal(std::byte* to, std::uint64_t seed, std::uint64_t position) noexcept;

    // The number of units of the entry whose first unit is at `unit`.
    static std::size_t units_at(std::byte const* unit) noexcept;
    static bool is_end(std::byte const* unit) noexcept { return kind_at(unit) == entry_kind::end; }

    // Reads the entry at the beginning of `from`. Returns false if no whole entry begins there.
    static bool read(std::span<std::byte const> from, std::uint64_t seed, std::uint64_t position,
                     journal_entry& out) noexcept
    {
        words w;
        if (from.size() < size)
            return false;
        std::memcpy(w.data(), from.data(), size);
        if ((w[3] & 0xff) == 0 || w[5] != seal_of(w, seed, position))  // no kind: nothing was written there
            return false;
        out = {.kind = static_cast<entry_kind>(w[3] & 0xff),
               .a = w[0],
               .b = w[1],
               .issued = static_cast<std::uint32_t>(w[2]),
               .expires = static_cast<std::uint32_t>(w[2] >> 32),
               .serial = w[3] >> 8,
               .address = w[4]};
        return out.kind <= entry_kind::end || read_long(w, from, out);
    }

private:
    using words = std::array<std::uint64_t, 6>;
    static_assert(sizeof(words) == size);
    static entry_kind kind_at(std::byte const* unit) noexcept
    {
        std::uint64_t word = 0;
        std::memcpy(&word, unit + 3 * sizeof word, sizeof word);
        return static_cast<entry_kind>(word & 0xff);
    }
    static std::uint64_t seal_of(words const& w, std::uint64_t seed, std::uint64_t position) noexcept
    {
        using checksum_parts::fold;
        using checksum_parts::odd;
        auto const first = fold(w[0] ^ odd[0] ^ seed, w[1] ^ odd[1] ^ position);
        auto const second = fold(w[2] ^ odd[2] ^ seed, w[3] ^ odd[3] ^ position);
        auto const third = fold(w[4] ^ odd[1] ^ seed, odd[2] ^ position);
        return fold(first ^ odd[1] ^ third, second ^ odd[0] ^ seed);
    }
    static bool read_long(words const& first, std::span<std::byte const> from, journal_entry& out) noexcept;
};

}  // namespace tokend
