#pragma once

#include "base/principal.hpp"
#include "base/token_limits.hpp"
#include "table/check_mark.hpp"
#include "table/free_cells.hpp"
#include "table/mapping.hpp"
#include "table/record_serial.hpp"
#include "table/slot.hpp"

#include <cstdint>
#include <mutex>
#include <span>

namespace tokend {

// The data of a record apart from its bytes. It changes under the lock of the record's owner, or under the lock of the
// free cells while it has no record.
struct record_keeper
{
    static constexpr std::uint32_t no_slot = ~std::uint32_t{0};

    std::uint64_t name = 0;        // hash of the bytes
    std::uint64_t owner = 0;       // hash of the owner's identity
    token_share* share = nullptr;  // counts its tokens; these three stay while a token names the record
    std::uint32_t before = 0;      // in its bucket of owners, like `after`
    std::uint32_t after = 0;       // without a record: in the list of such keepers
    std::uint32_t tokens = 0;
    std::uint32_t oldest = no_slot;  // slots of the first and the last of its tokens
    std::uint32_t newest = no_slot;
    std::uint32_t moved = no_slot;  // slot of the token that got another record last: a hint
};

// Memory for records, in two parts. The bytes are in blocks of 64-byte cells, behind a label. They do not change while
// a token names the record (I6), and a find reads nothing else, so logins do not disturb finds. A freed block may
// become part of any other block. A reader that comes late reads only words there, and discards them (B'). Keepers have
// 64 bytes each, in a row of their own, and always stay keepers, so a mark or a serial that is written late never
// reaches the bytes of a principal. A record takes room in both parts; together the parts never exceed the room.
// Thread-safe.
class record_cells
{
public:
    // `bytes` in all, rounded down to cells; taken from the system as they are used. Throws std::invalid_argument,
    // std::system_error.
    explicit record_cells(std::size_t bytes);

    // Stores a record and returns its number, or 0 if there is no room. The caller sets the name and the links of its
    // keeper. REQUIRES: 1 to max_principal_bytes.
    [[nodiscard]] std::uint32_t store(std::span<char const> bytes, std::uint64_t owner) noexcept;

    // REQUIRES: no LIVE slot names the record, and none will.
    void recycle(std::uint32_t record) noexcept;

    // Takes no lock. Unless a lock keeps the record in place, the copy and the label are valid only if the slot still
    // holds the same token afterwards (B'). Copies at most `Longest` bytes, for callers that know that the record has
    // no more. REQUIRES: `out` has room for max_principal_bytes.
    template <std::size_t Longest = max_principal_bytes>
    record_label copy(std::uint32_t record, char* out) const noexcept
    {
        return basic_record_words<std::atomic, Longest>::copy(words_of(record), out);
    }
    record_label label(std::uint32_t record) const noexcept { return words::label(words_of(record)); }

    // REQUIRES: the record is in use, or the label belongs to a record that was in use.
    record_keeper& keeper(std::uint32_t record) const noexcept { return head_of(label(record)).keeper; }
    check_mark& last_check(record_label of) const noexcept { return head_of(of).check; }
    record_serial& serial(record_label of) const noexcept { return head_of(of).serial; }

    [[gnu::always_inline]] void prefetch(std::uint32_t record) const noexcept
    {
        __builtin_prefetch(cells_.data() + record * cell_size);
    }
    [[gnu::always_inline]] void prefetch_keeper(record_label of) const noexcept { __builtin_prefetch(&head_of(of)); }

    // The memory of everything that was ever used, except the cells above all cells in use.
    std::size_t bytes_used() const noexcept;
    static std::size_t most_bytes(std::size_t bytes) noexcept;

private:
    using words = basic_record_words<std::atomic>;
    static constexpr std::size_t cell_size = 64;
    static constexpr std::size_t words_per_cell = cell_size / words::width;
    static constexpr std::size_t cells_for(std::size_t bytes) noexcept
    {
        return (words::count(bytes) + words_per_cell - 1) / words_per_cell;
    }
    static constexpr std::size_t tail = free_cells::longest;  // cells behind the last one, which a late reader may read

    struct head
    {
        record_keeper keeper;
        check_mark check;
        record_serial serial;
    };
    static_assert(sizeof(head) == cell_size);

    head& head_of(record_label label) const noexcept { return heads_.as<head>()[label.keeper()]; }
    words::word* words_of(std::uint32_t record) const noexcept
    {
        return reinterpret_cast<words::word*>(cells_.data() + record * cell_size);
    }
    [[nodiscard]] std::uint32_t take_head() noexcept;

    mapping const cells_;
    mapping const heads_;
    // Guards what follows. On a cache line of its own, because finds read the members above.
    alignas(64) mutable std::mutex space_;
    free_cells free_;
    std::size_t room_;             // cells and heads that may still be used
    std::size_t heads_end_ = 1;    // heads from here on were never used
    std::uint32_t free_head_ = 0;  // chained; 0: none
};

}  // namespace tokend
