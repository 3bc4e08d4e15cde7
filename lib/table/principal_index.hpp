#pragma once

#include "table/keyed_hash.hpp"
#include "table/record_cells.hpp"
#include "table/record_names.hpp"
#include "table/slot_table.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tokend {

struct principal_index_options
{
    std::size_t slots = 0;               // of the table
    std::size_t record_bytes = 1 << 20;  // room for all records
    std::size_t stripes = 1024;          // locks; rounded up to a power of two
};

struct principal_index_census
{
    std::size_t records = 0;  // different principals
    std::size_t tokens = 0;   // that name them
};

// Decides by the bytes of a record. Called under a lock: brief, and without a call back into the table.
using record_filter = std::function<bool(std::span<char const> record)>;

// Whose token: a principal, and by hashes of this very index what it is kept as. A view.
struct token_owner
{
    std::span<char const> principal;
    std::uint64_t owner;
    std::uint64_t name;
    // Unix seconds at which it was known to be good, 0: not known; an earlier time changes nothing.
    std::uint32_t checked_at = 0;
    // Where the client is that gets the token; empty: unknown. Not part of the principal.
    std::span<char const> address{};
};

// The principals of live tokens, each kept once however many tokens name it and gone with the last of them, and of each the
// tokens, oldest first. An owner has one record or several (another unit, other groups): they share a lock and a bucket, so
// that all tokens of an owner are found without a search. find never comes here.
class principal_index
{
public:
    struct entry
    {
        std::uint32_t record;
        std::uint32_t slot;
    };

    explicit principal_index(principal_index_options options);  // throws std::invalid_argument, std::system_error

    // What put() needs to know of a principal; brings into the cache what it begins with, so that other work may come in between.
    // `identity`: the same for all principals of an owner. REQUIRES: 1 to max_principal_bytes. Any thread, as all of them.
    [[nodiscard]] token_owner prepare(std::span<char const> principal, std::span<char const> identity) const noexcept
    {
        assert(!principal.empty() && principal.size() <= max_principal_bytes);
        token_owner const whose{principal, hash_(identity), hash_(principal)};
        auto const& s = stripe_of(whose.owner);
        s.names.prefetch(whose.name);
        __builtin_prefetch(&s, 1);
        __builtin_prefetch(&s.waiting[0], 1);
        __builtin_prefetch(&s.waiting[8], 1);
        return whose;
    }

    static constexpr std::size_t refused_place = ~std::size_t{0};

    // Enters a token: `place` is given the number of the principal's record, writes it into a slot, and returns the slot's number, or
    // refused_place if it refuses. Returns false, and nothing is done, if there is no room for another record or `place` refused.
    template <class Place>
    [[nodiscard]] bool put(token_owner const& whose, Place&& place) noexcept
    {
        auto& s = stripe_of(whose.owner);
        std::lock_guard const lock{s.mutex};
        auto const record = find_or_store(s, whose);
        if (record == 0)
            return false;
        return enter(s, record, place);
    }

    // For a table that is filled from a file, in this order, before anything else. restore_record() returns the number of the
    // principal's record, whose serial is this one if it is new; 0: no room; any thread. count_restored(): so many more tokens name
    // it. link_later(): they stand in these slots, which outlive all use of the index.
    [[nodiscard]] std::uint32_t restore_record(token_owner const& whose, std::uint64_t serial) noexcept;
    void count_restored(std::uint32_t record, std::uint32_t tokens);
    void link_later(slot_table<std::atomic> const& slots) noexcept { restored_slots_ = &slots; }
    // Links the restored tokens, oldest first and before those that were entered since. Any thread, beside all others: the first
    // one works, others wait for it, and so do walks. Throws std::bad_alloc; then the next one begins again.
    void link_restored();

    // What records are called in a file: new ones are counted from `first` on.
    void count_serials_from(std::uint64_t first) noexcept { next_serial_.store(first, std::memory_order_relaxed); }
    record_serial& serial(record_label of) const noexcept { return cells_.serial(of); }

    // Calls `use(number, bytes)` for every record that is there from the beginning to the end, and perhaps for some that are not;
    // without a lock. `number`: its serial.
    template <class Use>
    void for_each_record(Use&& use);

    // Returns when every put() that was under way is over.
    void await_puts() noexcept;

    // Takes a token out. REQUIRES: its slot is the caller's: taken and not given back yet; `label` is that of its
    // record, `record` returns the number of the record, and is called under the lock of the owner (I8).
    template <class Record>
    void cut(record_label label, std::uint32_t slot, Record record) noexcept
    {
        assert(slot < links_.size());
        auto& s = stripe_of(label.stripe());
        std::lock_guard const lock{s.mutex};
        cut(s, {record(), slot});
    }
    void cut(entry ended) noexcept
    {
        cut(label(ended.record), ended.slot, [&] { return ended.record; });
    }

    // Gives up to `most` tokens of the principal with the bytes `from`, the youngest first, the principal `to` of the
    // same owner, in the slots where they stand. From the first call on no other token gets the record of `from`: the
    // next one with these bytes makes another. Returns how many: fewer than `most` are all that there are. 0 if the
    // principals are equal, and, with nothing changed, if there is no room for `to` or `note` returns false.
    // note(label, record) is called under the lock of the owner before tokens are moved, with the label of the old
    // record and the number of the new one. Throws std::bad_alloc, as link_restored().
    template <class Note>
    [[nodiscard]] std::size_t replace(std::span<char const> from, token_owner const& to, std::size_t most,
                                      slot_table<std::atomic>& slots, Note note);

    // See record_cells.
    record_label copy(std::uint32_t record, char* out) const noexcept { return cells_.copy(record, out); }
    record_label label(std::uint32_t record) const noexcept { return cells_.label(record); }
    check_mark& last_check(record_label of) const noexcept { return cells_.last_check(of); }

    // The record's label, and what it leads to: worth it in this order, with other work in between.
    [[gnu::always_inline]] void prefetch_record(std::uint32_t record) const noexcept { cells_.prefetch(record); }
    [[gnu::always_inline]] void prefetch_keeper(std::uint32_t record) const noexcept
    {
        cells_.prefetch_keeper(label(record));
    }
    [[gnu::always_inline]] void prefetch_keeper(record_label of) const noexcept { cells_.prefetch_keeper(of); }
    [[gnu::always_inline]] void prefetch_link(std::size_t slot) const noexcept { __builtin_prefetch(&links_[slot]); }

    principal_index_census census() const noexcept;
    std::size_t bytes_used() const noexcept;
    static std::size_t most_bytes(principal_index_options const& options) noexcept;  // that it can ever need

    class walk;

private:
    // Between the tokens of one record.
    struct link
    {
        std::uint32_t older;
        std::uint32_t newer;
        // As the memory is at first: a restored token that is not linked yet. No list has one slot at both sides of another.
        bool is_none() const noexcept { return older == 0 && newer == 0; }
    };

    // Guards the owners whose hash ends like its number, with all that is theirs.
    struct alignas(64) stripe
    {
        std::mutex mutex;
        walk* walks = nullptr;  // that rest here
        std::size_t tokens = 0;
        std::size_t records = 0;  // with those that are not in `names`, because their tokens get other records
        // Tokens that are entered but not linked yet: the lines of memory that this takes are fetched for all at once. A record is
        // not forgotten while a token of it waits.
        std::size_t waiting_count = 0;
        alignas(64) std::array<entry, 16> waiting;
        alignas(64) record_names names;  // on a line that changes with new principals only
    };

    stripe& stripe_of(std::uint64_t owner) const noexcept { return stripes_[owner & (stripe_count_ - 1)]; }
    std::uint32_t& owned(std::uint64_t owner) const noexcept { return owners_[owner & (owners_.size() - 1)]; }
    std::size_t bucket_of(std::span<char const> owner) const noexcept { return hash_(owner) & (owners_.size() - 1); }

    // REQUIRES: the caller holds the stripe.
    template <class Place>
    [[nodiscard]] bool enter(stripe& s, std::uint32_t record, Place&& place) noexcept
    {
        std::size_t const slot = place(record);
        if (slot == refused_place)
        {
            forget_if_unused(s, record);
            return false;
        }
        assert(slot < links_.size());
        s.waiting[s.waiting_count++] = {record, static_cast<std::uint32_t>(slot)};
        ++s.tokens;
        if (s.waiting_count == s.waiting.size())
            link_waiting(s);
        return true;
    }
    void forget_if_unused(stripe& s, std::uint32_t record) noexcept;
    [[nodiscard]] std::uint32_t find_or_store(stripe& s, token_owner const& whose) noexcept;
    class restored_links;
    void link_waiting(stripe& s) noexcept;
    void append(entry e) noexcept;
    void cut(stripe& s, entry ended) noexcept;
    class replacement;
    void chain_in(std::uint32_t record, std::uint32_t before) noexcept;
    void chain_out(stripe& s, std::uint32_t record) noexcept;
    void unlink(stripe& s, record_keeper& k, std::uint32_t slot) noexcept;
    void forget(stripe& s, std::uint32_t record) noexcept;

    keyed_hash const hash_;
    record_cells cells_;
    mapping const link_memory_;
    mapping const owner_memory_;
    std::span<link> const links_;            // one for each slot; means something while a token is linked there
    std::span<std::uint32_t> const owners_;  // buckets, a power of two of them: the first record, or 0
    std::size_t const stripe_count_;         // a power of two, not above the buckets'
    std::unique_ptr<stripe[]> const stripes_;
    std::atomic<std::uint64_t> next_serial_{1};  // counts alone; relaxed
    slot_table<std::atomic> const* restored_slots_ = nullptr;
    // Each is held, as if by one more token, until its tokens are linked. Whoever runs under the flag changes it.
    std::vector<std::uint32_t> restored_records_;
    std::once_flag linked_;
};

// A walk over tokens, a few at a time, while others are entered and taken out: no lock is held between two steps. It meets every
// token that is entered from its beginning to its end, and perhaps some that come or go meanwhile; one whose principal
// is replaced meanwhile it may meet twice. Not thread-safe.
class principal_index::walk
{
public:
    static constexpr std::size_t all = ~std::size_t{0};

    // Over all tokens, or over those of an owner and of others whom `wanted` is to tell apart; of each record the oldest `most`.
    walk(principal_index& index, record_filter wanted, std::size_t most = all);
    walk(principal_index& index, std::span<char const> owner, record_filter wanted, std::size_t most = all);
    ~walk();
    walk(walk const&) = delete;
    walk& operator=(walk const&) = delete;

    // The next tokens, whose records `wanted` accepts; fewer than there is room for only at the end.
    [[nodiscard]] std::span<entry> next(std::span<entry> room);

    // Whether the bytes of a record are of the kind that is asked for.
    bool wants(std::span<char const> bytes) const { return wanted_(bytes); }

private:
    friend class principal_index;
    walk(principal_index& index, std::size_t first, std::size_t end, record_filter wanted, std::size_t most);
    std::size_t collect(std::span<entry> room);
    bool wants(std::uint32_t record);
    void rest_at(std::uint32_t record) noexcept;
    void leave(stripe& s) noexcept;

    principal_index& index_;
    record_filter const wanted_;
    std::size_t const most_;
    std::size_t bucket_;
    std::size_t const end_;
    // Where to go on. Guarded by the bucket's stripe, as others move it when they take that place away.
    bool resting_ = false;      // in the stripe's list
    bool judged_ = false;       // whether record_ is wanted
    std::uint32_t record_ = 0;  // 0: the bucket is done
    std::uint32_t slot_ = record_keeper::no_slot;
    std::size_t met_ = 0;    // tokens of record_
    walk* other_ = nullptr;  // in the stripe's list
    std::array<char, max_principal_bytes> bytes_;
};

template <class Use>
void principal_index::for_each_record(Use&& use)
{
    std::vector<std::pair<std::uint64_t, std::string>> found;
    for (std::size_t bucket = 0; bucket < owners_.size(); ++bucket)
    {
        found.clear();
        {
            std::lock_guard const lock{stripe_of(bucket).mutex};
            for (auto record = owners_[bucket]; record != 0; record = cells_.keeper(record).after)
            {
                auto& [number, bytes] =
                    found.emplace_back(serial(label(record)).number(), std::string(max_principal_bytes, 0));
                bytes.resize(copy(record, bytes.data()).length());
            }
        }
        for (auto const& [number, bytes] : found)
            use(number, bytes);
    }
}

}  // namespace tokend
