#pragma once

#include "base/principal.hpp"
#include "table/mapping.hpp"
#include "table/slot.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>

namespace tokend {

struct records_options
{
    std::size_t bytes =
        1 << 20;  // room for all records, rounded down to cells of 64; taken from the system as it is used
    std::size_t stripes = 1024;  // locks; rounded up to a power of two
};

// The principals of live tokens, each kept once however many tokens name it, and gone with the last of them. A record is a block
// of 64-byte cells: cell 0 is the keeper's and changes under a lock; the others hold its words, which do not change while a token
// names it (I6) and are all that a reader looks at, so logins do not disturb readers.
// A block keeps its place and its size for good: a late reader of a freed one still finds a length there and that many bytes.
class records
{
public:
    explicit records(records_options options);  // throws std::invalid_argument, std::system_error

    // The number of the record with these bytes, held for one token more; 0: no room. REQUIRES: 1 to max_principal_bytes. Any
    // thread, as all of them.
    std::uint32_t hold(std::span<char const> bytes) noexcept;

    // One token less. REQUIRES: the caller's token held it, and its slot is not LIVE any more.
    void release(std::uint32_t record) noexcept;

    // Returns the length. No lock; the copy means nothing until the slot has said that its token has lived meanwhile (B').
    // REQUIRES: `out` has room for max_principal_bytes.
    std::size_t copy(std::uint32_t record, char* out) const noexcept { return words::copy(words_of(record), out); }

    std::size_t size() const noexcept;    // records
    std::size_t tokens() const noexcept;  // that hold them

private:
    using words = basic_record_words<std::atomic>;
    static constexpr std::size_t cell_size = 64;
    static constexpr std::size_t words_per_cell = cell_size / words::width;
    static constexpr std::size_t longest = 130;  // cells, of max_principal_bytes
    static constexpr std::size_t cells_for(std::size_t bytes) noexcept
    {
        return 1 + (words::count(bytes) + words_per_cell - 1) / words_per_cell;
    }

    // Cell 0; the rest of it is for what else is to be known of a principal. Changes under its stripe, in a free block under the
    // space lock; the hash stays while a token holds the record.
    struct keeper
    {
        std::uint64_t hash;
        std::uint64_t tokens;
        std::uint32_t cells;
        std::uint32_t next;  // in its bucket, or in its free list
    };
    static_assert(sizeof(keeper) <= cell_size);

    // Guards the buckets whose number ends like its own, and their records' keepers.
    struct alignas(64) stripe
    {
        std::mutex mutex;
        std::size_t records = 0;
        std::size_t tokens = 0;
    };

    keeper& keeper_of(std::uint32_t record) const noexcept
    {
        return *reinterpret_cast<keeper*>(cells_.data() + record * cell_size);
    }
    words::word* words_of(std::uint32_t record) const noexcept
    {
        return reinterpret_cast<words::word*>(cells_.data() + (record + 1) * cell_size);
    }
    std::uint32_t& bucket_of(std::uint64_t hash) const noexcept { return buckets_[hash & (buckets_.size() - 1)]; }
    stripe& stripe_of(std::uint64_t hash) const noexcept { return stripes_[hash & (stripe_count_ - 1)]; }

    std::uint32_t find(std::uint64_t hash, std::span<char const> bytes) const noexcept;
    std::uint32_t allocate(std::size_t cells) noexcept;
    void recycle(std::uint32_t record) noexcept;

    std::array<std::uint64_t, 2> const hash_key_;
    mapping const cells_;
    mapping const bucket_memory_;
    std::span<std::uint32_t> const buckets_;  // a power of two of them
    std::size_t const stripe_count_;          // a power of two, not above the buckets'
    std::unique_ptr<stripe[]> const stripes_;

    // Taken inside a stripe's; guards the two below. On a line of its own: finds read the members above.
    alignas(64) std::mutex space_;
    std::size_t top_ = 1;
    std::array<std::uint32_t, longest + 1> free_{};  // blocks by size, chained
};

}  // namespace tokend
