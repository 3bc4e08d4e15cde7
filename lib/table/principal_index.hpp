#pragma once

#include "base/keyed_hash.hpp"
#include "base/token_limits.hpp"
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
    std::size_t tokens = 0;   // of all these principals
};

// Decides by the bytes of a record. Called under a lock: it must be brief and must not call the table.
using record_filter = std::function<bool(std::span<char const> record)>;

// The principal of a token, with its hashes in one index. A view of the bytes.
struct token_owner
{
    std::span<char const> principal;
    std::uint64_t owner;
    std::uint64_t name;
    // Unix seconds at which the principal was last known to be good; 0: unknown. An earlier time changes nothing.
    std::uint32_t checked_at = 0;
    // The address of the client that gets the token; empty: unknown. It is not part of the principal.
    std::span<char const> address{};
    // The share is the same for all principals of an owner; max_sessions counts the tokens of all of them.
    token_limits limits{};
};

// Whether an owner may have one more token.
struct owner_vacancy
{
    enum class kind
    {
        free,      // it has fewer tokens than it may
        exchange,  // a new token may take the place of the one in `slot`
        none,      // it has as many tokens as it may
        unknown    // link_restored() has to come first
    };
    kind is = kind::free;
    std::uint32_t slot = record_keeper::no_slot;
};

// The principals of live tokens, and the tokens of each principal, oldest first. A principal is stored once, however
// many tokens name it, and is freed with its last token. An owner has one record or several (another unit, other
// groups). They share a lock and a bucket, so all tokens of an owner are found without a search. A find of a token
// never reads the index. Thread-safe.
class principal_index
{
public:
    struct listed_token  // a token in the list of its record
    {
        std::uint32_t record;
        std::uint32_t slot;
    };

    explicit principal_index(principal_index_options options);  // throws std::invalid_argument, std::system_error

    // Makes the argument of put() for a principal, and fetches the memory that put() reads first into the cache, so
    // that the caller can do other work in between. `identity` is the same for all principals of an owner. REQUIRES: 1
    // to max_principal_bytes.
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

    // Enters a token. `place` gets the number of the principal's record, writes it into a slot, and returns the number
    // of the slot, or refused_place. Returns false, with nothing changed, if there is no room for another record or
    // `place` refused.
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

    // Judges by the limits of `whose` whether its owner may have one more token. If not, a token may take the place of
    // one that has expired at `now`, among the first ones in the lists of the owner, or else of the oldest one, if the
    // policy is to evict that. A token that has been taken does not count. REQUIRES: the caller holds the lock of the
    // owner: it is in the `place` of put().
    [[nodiscard]] owner_vacancy vacancy(token_owner const& whose, slot_table<std::atomic> const& slots,
                                        std::uint32_t now) noexcept
    {
        auto& s = stripe_of(whose.owner);
        return s.tokens < whose.limits.max_sessions ? owner_vacancy{} : search_vacancy(s, whose, slots, now);
    }

    // These three fill an empty index with the tokens of a file, in this order. restore_record() is thread-safe; it
    // returns the number of the principal's record, or 0 if there is no room, and a new record gets this serial.
    // count_restored() adds `tokens` tokens to a record. link_later() names the slots of the tokens. REQUIRES: the
    // slots outlive the index.
    [[nodiscard]] std::uint32_t restore_record(token_owner const& whose, std::uint64_t serial) noexcept;
    void count_restored(std::uint32_t record, std::uint32_t tokens);
    void link_later(slot_table<std::atomic> const& slots) noexcept
    {
        restored_slots_ = &slots;
        is_linked_.store(restored_records_.empty(), std::memory_order_relaxed);
    }
    // Links the restored tokens, oldest first and before those that were entered since. The first call does the work;
    // walks and other calls wait for it. Throws std::bad_alloc; then the next call begins again.
    void link_restored();

    // New records get serials from `first` on.
    void count_serials_from(std::uint64_t first) noexcept { next_serial_.store(first, std::memory_order_relaxed); }
    record_serial& serial(record_label of) const noexcept { return cells_.serial(of); }

    // Calls `use(serial, bytes)`, without a lock, for every record that exists from the beginning of the call to its
    // end, and perhaps for some that do not.
    template <class Use>
    void for_each_record(Use&& use);

    // Waits until every put() that was under way has ended.
    void await_puts() noexcept;

    // Removes a token. `record` returns the number of its record, and is called under the lock of the owner (I8).
    // Returns the share that counts the token, or null; the caller gives the token's place back. REQUIRES: the caller
    // owns the slot, which it has taken and not given yet; `label` is the label of the record.
    template <class Record>
    token_share* cut(record_label label, std::uint32_t slot, Record record) noexcept
    {
        assert(slot < links_.size());
        auto& s = stripe_of(label.stripe());
        std::lock_guard const lock{s.mutex};
        return cut(s, {record(), slot});
    }
    token_share* cut(listed_token ended) noexcept
    {
        return cut(label(ended.record), ended.slot, [&] { return ended.record; });
    }

    // Gives the principal `to` to tokens of the same owner whose principal has the bytes `from`: up to `most` of them,
    // the youngest first. They stay in their slots. From the first call on no other token gets the record of `from`;
    // the next token with these bytes gets a new record. Returns how many tokens were moved; fewer than `most` were
    // all. Returns 0 if the principals are equal and, with nothing changed, if there is no room for `to` or `note`
    // returns false. note(label, record) is called under the lock of the owner before tokens are moved, with the label
    // of the old record and the number of the new one. Throws std::bad_alloc, like link_restored().
    template <class Note>
    [[nodiscard]] std::size_t replace(std::span<char const> from, token_owner const& to, std::size_t most,
                                      slot_table<std::atomic>& slots, Note note);

    // See record_cells.
    record_label copy(std::uint32_t record, char* out) const noexcept { return cells_.copy(record, out); }
    record_label label(std::uint32_t record) const noexcept { return cells_.label(record); }
    check_mark& last_check(record_label of) const noexcept { return cells_.last_check(of); }

    // Fetch a record's label, and then its keeper, into the cache. Use them in this order, with other work in between.
    [[gnu::always_inline]] void prefetch_record(std::uint32_t record) const noexcept { cells_.prefetch(record); }
    [[gnu::always_inline]] void prefetch_keeper(std::uint32_t record) const noexcept
    {
        cells_.prefetch_keeper(label(record));
    }
    [[gnu::always_inline]] void prefetch_keeper(record_label of) const noexcept { cells_.prefetch_keeper(of); }
    [[gnu::always_inline]] void prefetch_link(std::size_t slot) const noexcept { __builtin_prefetch(&links_[slot]); }

    principal_index_census census() const noexcept;
    std::size_t bytes_used() const noexcept;
    static std::size_t most_bytes(principal_index_options const& options) noexcept;  // that it can need

    class walk;

private:
    // Links a token to its neighbours in the list of its record.
    struct link
    {
        std::uint32_t older;
        std::uint32_t newer;
        // True for fresh memory: a restored token that is not linked yet. No list has the same slot on both sides of
        // another.
        bool is_none() const noexcept { return older == 0 && newer == 0; }
    };

    // A lock and what it guards: the owners whose hash ends in the number of the stripe, with their records and tokens.
    struct alignas(64) stripe
    {
        std::mutex mutex;
        walk* walks = nullptr;  // those that rest in a bucket of this stripe
        std::size_t tokens = 0;
        std::size_t records = 0;  // includes those that are not in `names` because their tokens get other records
        // Tokens that are entered but not linked yet, so that the memory for the links of all of them is fetched at
        // once. A record is not forgotten while one of its tokens waits.
        std::size_t waiting_count = 0;
        alignas(64) std::array<listed_token, 16> waiting;
        alignas(64) record_names names;  // on a cache line that changes with new principals only
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
    [[nodiscard]] owner_vacancy search_vacancy(stripe& s, token_owner const& whose,
                                               slot_table<std::atomic> const& slots, std::uint32_t now) noexcept;
    [[nodiscard]] owner_vacancy search_exchange(token_owner const& whose, std::size_t tokens,
                                                slot_table<std::atomic> const& slots, std::uint32_t now) const noexcept;
    class restored_links;
    void link_waiting(stripe& s) noexcept;
    void append(listed_token e) noexcept;
    token_share* cut(stripe& s, listed_token ended) noexcept;
    class replacement;
    void chain_in(std::uint32_t record, std::uint32_t before) noexcept;
    void chain_out(stripe& s, std::uint32_t record) noexcept;
    void unlink(stripe& s, record_keeper& k, std::uint32_t slot) noexcept;
    void forget(stripe& s, std::uint32_t record) noexcept;

    keyed_hash const hash_;
    record_cells cells_;
    mapping const link_memory_;
    mapping const owner_memory_;
    std::span<link> const links_;            // one for each slot; valid while a token is linked there
    std::span<std::uint32_t> const owners_;  // buckets, a power of two of them: the first record, or 0
    std::size_t const stripe_count_;         // a power of two, not above the buckets'
    std::unique_ptr<stripe[]> const stripes_;
    std::atomic<std::uint64_t> next_serial_{1};  // counts alone; relaxed
    slot_table<std::atomic> const* restored_slots_ = nullptr;
    // Each is held, as if by one more token, until its tokens are linked. Changed only under linked_.
    std::vector<std::uint32_t> restored_records_;
    std::once_flag linked_;
    // False until the restored tokens are linked. Relaxed: the locks under which they are linked order all else.
    std::atomic<bool> is_linked_{true};
};

// A walk over tokens, a few at a time, while other threads enter and remove tokens. It holds no lock between two steps.
// It visits every token that is in the index from the beginning of the walk to its end, and perhaps some that come or
// go meanwhile. It may visit a token twice whose principal is replaced meanwhile. Not thread-safe.
class principal_index::walk
{
public:
    static constexpr std::size_t all = ~std::size_t{0};

    // Walks over the oldest `most` tokens of each record: of all owners, or of one. In the second case the records may
    // include those of other owners with the same hash, which `wanted` has to refuse.
    walk(principal_index& index, record_filter wanted, std::size_t most = all);
    walk(principal_index& index, std::span<char const> owner, record_filter wanted, std::size_t most = all);
    ~walk();
    walk(walk const&) = delete;
    walk& operator=(walk const&) = delete;

    // Returns the next tokens whose records `wanted` accepts. They fill the room, except at the end of the walk.
    [[nodiscard]] std::span<listed_token> next(std::span<listed_token> room);

    // Returns whether `wanted` accepts the bytes of a record.
    bool wants(std::span<char const> bytes) const { return wanted_(bytes); }

private:
    friend class principal_index;
    walk(principal_index& index, std::size_t first, std::size_t end, record_filter wanted, std::size_t most);
    std::size_t collect(std::span<listed_token> room);
    bool wants(std::uint32_t record);
    void rest_at(std::uint32_t record) noexcept;
    void leave(stripe& s) noexcept;

    principal_index& index_;
    record_filter const wanted_;
    std::size_t const most_;
    std::size_t bucket_;
    std::size_t const end_;
    // The position at which to continue. Guarded by the bucket's stripe: a thread that removes the position moves it
    // on.
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
