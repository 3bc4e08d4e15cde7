#pragma once

#include "base/principal.hpp"
#include "table/check_mark.hpp"
#include "table/free_cells.hpp"
#include "table/mapping.hpp"
#include "table/record_serial.hpp"
#include "table/slot.hpp"

#include <cstdint>
#include <mutex>
#include <span>

namespace tokend {

// What is known of a record beside its bytes. It changes under the lock of the record's owner; while it has no record,
// under that of the free cells.
struct record_keeper
{
    static constexpr std::uint32_t no_slot = ~std::uint32_t{0};

    std::uint64_t name = 0;    // hash of the bytes
    std::uint64_t owner = 0;   // hash of the owner's identity; both stay while a token names the record
    std::uint32_t cells = 0;   // of the record's block
    std::uint32_t next = 0;    // in the list of keepers without a record
    std::uint32_t before = 0;  // in its bucket of owners, like `after`
    std::uint32_t after = 0;
    std::uint32_t tokens = 0;
    std::uint32_t oldest = no_slot;  // slots of the first and the last of its tokens
    std::uint32_t newest = no_slot;
    std::uint32_t moved = no_slot;  // slot of the token that got another record last: a hint
};

// Memory for records, in two parts. The bytes lie in blocks of 64-byte cells, behind a label. They do not change while
// a token names the record (I6) and are all that a find looks at, so logins do not disturb finds. A freed block may
// become part of any other; a reader that comes late reads only words there, and throws them away (B'). Keepers have 64
// bytes each in a row of their own and stay keepers for good, so that a mark or a serial number that is written late
// never reaches a principal's bytes. A record is charged for both parts; together they never exceed the room.
class record_cells
{
public:
    // `bytes` in all, rounded down to cells; taken from the system as they are used. Throws std::invalid_argument,
    // std::system_error.
    explicit record_cells(std::size_t bytes);

    // The number of a record with these bytes, whose keeper is fresh but for name and links; 0: no room. REQUIRES: 1 to
    // max_principal_bytes. Thread-safe, like all below.
    [[nodiscard]] std::uint32_t store(std::span<char const> bytes, std::uint64_t owner) noexcept;

    // REQUIRES: no LIVE slot names the record, and none will.
    void recycle(std::uint32_t record) noexcept;

    // No lock: without one that keeps the record in place, the copy and the label mean nothing until the slot has been
    // seen to hold the same token still (B'). REQUIRES: `out` has room for max_principal_bytes.
    // With another `Longest` no more than so many bytes: for those who know that the record has no more.
    template <std::size_t Longest = max_principal_bytes>
    record_label copy(std::uint32_t record, char* out) const noexcept
    {
        return basic_record_words<std::atomic, Longest>::copy(words_of(record), out);
    }
    record_label label(std::uint32_t record) const noexcept { return words::label(words_of(record)); }

    // REQUIRES: the record is in use, or the label is that of one which was.
    record_keeper& keeper(std::uint32_t record) const noexcept { return head_of(label(record)).keeper; }
    check_mark& last_check(record_label of) const noexcept { return head_of(of).check; }
    record_serial& serial(record_label of) const noexcept { return head_of(of).serial; }

    [[gnu::always_inline]] void prefetch(std::uint32_t record) const noexcept
    {
        __builtin_prefetch(cells_.data() + record * cell_size);
    }
    [[gnu::always_inline]] void prefetch_keeper(record_label of) const noexcept { __builtin_prefetch(&head_of(of)); }

    // By everything that was ever used, except cells above all those in use.
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
    static constexpr std::size_t tail = free_cells::longest;  // cells behind the last, which a late reader may reach

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
    // Guards what follows. On a line of its own: finds read the members above.
    alignas(64) mutable std::mutex space_;
    free_cells free_;
    std::size_t room_;             // cells and heads that may still be used
    std::size_t heads_end_ = 1;    // heads from here on were never used
    std::uint32_t free_head_ = 0;  // chained; 0: none
};

}  // namespace tokend
