#pragma once

#include "base/principal.hpp"
#include "table/check_mark.hpp"
#include "table/mapping.hpp"
#include "table/record_serial.hpp"
#include "table/slot.hpp"

#include <array>
#include <cstdint>
#include <mutex>
#include <span>

namespace tokend {

// What is known of a record, in its first cell. It changes under the lock of the record's owner, in a free block under that of the
// free blocks.
struct record_keeper
{
    static constexpr std::uint32_t no_slot = ~std::uint32_t{0};

    std::uint64_t name = 0;    // hash of the bytes
    std::uint64_t owner = 0;   // hash of the owner's identity; both stay while a token names the record
    std::uint32_t cells = 0;   // of the block, for good
    std::uint32_t next = 0;    // in its list of free blocks
    std::uint32_t before = 0;  // in its bucket of owners, as the next
    std::uint32_t after = 0;
    std::uint32_t tokens = 0;
    std::uint32_t oldest = no_slot;  // slot of the first of its tokens, as the next
    std::uint32_t newest = no_slot;
};

// Memory for records: blocks of 64-byte cells. Cell 0 is the head; the others hold words, which do not change
// while a token names it (I6) and are all that a reader looks at, so logins do not disturb readers.
// A block keeps its place and its size for good: a late reader of a freed one still finds a length there and that many bytes.
class record_cells
{
public:
    // `bytes` in all, rounded down to cells; taken from the system as they are used. Throws std::invalid_argument,
    // std::system_error.
    explicit record_cells(std::size_t bytes);

    // The number of a block with these bytes in it; 0: no room. REQUIRES: 1 to max_principal_bytes. Any thread, as all of them.
    std::uint32_t store(std::span<char const> bytes) noexcept;

    // REQUIRES: no LIVE slot names the record any more, and none will.
    void recycle(std::uint32_t record) noexcept;

    // Returns the length. No lock: without one that keeps the record in place, the copy means nothing until the slot has said
    // that its token has lived meanwhile (B'). REQUIRES: `out` has room for max_principal_bytes.
    std::size_t copy(std::uint32_t record, char* out) const noexcept { return words::copy(words_of(record), out); }
    record_keeper& keeper(std::uint32_t record) const noexcept { return head_of(record).keeper; }
    check_mark& last_check(std::uint32_t record) const noexcept { return head_of(record).check; }
    record_serial& serial(std::uint32_t record) const noexcept { return head_of(record).serial; }
    [[gnu::always_inline]] void prefetch(std::uint32_t record) const noexcept
    {
        __builtin_prefetch(cells_.data() + record * cell_size);
    }

    std::size_t bytes_used() const noexcept;  // by blocks, free ones included

private:
    using words = basic_record_words<std::atomic>;
    static constexpr std::size_t cell_size = 64;
    static constexpr std::size_t words_per_cell = cell_size / words::width;
    static constexpr std::size_t longest = 130;  // cells, of max_principal_bytes
    static constexpr std::size_t cells_for(std::size_t bytes) noexcept
    {
        return 1 + (words::count(bytes) + words_per_cell - 1) / words_per_cell;
    }
    struct head
    {
        record_keeper keeper;
        check_mark check;
        record_serial serial;
    };
    static_assert(sizeof(head) <= cell_size);

    head& head_of(std::uint32_t record) const noexcept
    {
        return *reinterpret_cast<head*>(cells_.data() + record * cell_size);
    }
    words::word* words_of(std::uint32_t record) const noexcept
    {
        return reinterpret_cast<words::word*>(cells_.data() + (record + 1) * cell_size);
    }
    std::uint32_t allocate(std::size_t cells) noexcept;

    mapping const cells_;
    // Guards what follows. On a line of its own: finds read the member above.
    alignas(64) mutable std::mutex space_;
    std::size_t top_ = 1;
    std::array<std::uint32_t, longest + 1> free_{};  // blocks by size, chained
};

}  // namespace tokend
