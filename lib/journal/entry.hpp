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
    issue = 1,  // a token and the record that it names
    touch,      // a token's later end
    end,        // a token is gone, and stays so whatever else is said of it; written twice, against damage
    record,     // bytes that tokens name, in the units behind this one
    skip        // units that hold nothing
};

// One thing that the file tells. Which members mean something depends on the kind.
struct journal_entry
{
    entry_kind kind{};
    std::uint64_t a = 0;  // the token's key
    std::uint64_t b = 0;
    std::uint32_t issued = 0;  // Unix seconds, as the next
    std::uint32_t expires = 0;
    std::uint64_t serial = 0;  // of the record: 56 bits, never given twice in a file
    std::span<char const> bytes{};
    std::size_t units = 1;  // that are skipped
};

// What a file is made of behind its header: units of five words, the last of which vouches for the others, for their place, and
// for the part of the file that they belong to. A word of a unit is what it is told apart by; a unit is never changed once it is
// whole.
class journal_unit
{
public:
    static constexpr std::size_t size = 40;

    // Of an entry: a record of 8 KiB. What is longer may not be found again.
    static constexpr std::size_t longest = 1 + (8192 + size - 1) / size;

    // How many units these many bytes of a record fill, the first one included.
    static constexpr std::size_t count(std::size_t bytes) noexcept { return 1 + (bytes + size - 1) / size; }

    static constexpr std::size_t count_of(journal_entry const& entry) noexcept
    {
        switch (entry.kind)
        {
        case entry_kind::record:
            return count(entry.bytes.size());
        case entry_kind::end:
            return 2;
        case entry_kind::skip:
            return entry.units;
        default:
            return 1;
        }
    }

    // Writes an entry into units at `to`, of which `position` is the first's number. REQUIRES: room for all of them.
    static void write(std::byte* to, journal_entry const& entry, std::uint64_t seed, std::uint64_t position) noexcept;

    // Reads the entry at the beginning of `from`. False: there is none that is whole.
    static bool read(std::span<std::byte const> from, std::uint64_t seed, std::uint64_t position,
                     journal_entry& out) noexcept
    {
        words w;
        if (from.size() < size)
            return false;
        std::memcpy(w.data(), from.data(), size);
        if ((w[3] & 0xff) == 0 || w[4] != seal(w, seed, position))  // no kind: nothing was written there
            return false;
        out = {.kind = static_cast<entry_kind>(w[3] & 0xff),
               .a = w[0],
               .b = w[1],
               .issued = static_cast<std::uint32_t>(w[2]),
               .expires = static_cast<std::uint32_t>(w[2] >> 32),
               .serial = w[3] >> 8};
        return out.kind <= entry_kind::end || read_long(w, from, seed, out);
    }

private:
    using words = std::array<std::uint64_t, 5>;
    static_assert(sizeof(words) == size);
    static std::uint64_t seal(words const& w, std::uint64_t seed, std::uint64_t position) noexcept
    {
        using checksum_parts::fold;
        using checksum_parts::odd;
        auto const first = fold(w[0] ^ odd[0] ^ seed, w[1] ^ odd[1] ^ position);
        auto const second = fold(w[2] ^ odd[2] ^ seed, w[3] ^ odd[3] ^ position);
        return fold(first ^ odd[1], second ^ odd[0] ^ seed);
    }
    static bool read_long(words const& first, std::span<std::byte const> from, std::uint64_t seed,
                          journal_entry& out) noexcept;
};

}  // namespace tokend
