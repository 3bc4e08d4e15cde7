#pragma once

#include "base/principal.hpp"
#include "table/chronicle.hpp"
#include "table/client_addresses.hpp"
#include "table/expiry_alarm.hpp"
#include "table/key.hpp"
#include "table/principal_index.hpp"
#include "table/slot_table.hpp"

#include <array>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace tokend {

struct table_options
{
    std::size_t capacity = 1'000'000;  // tokens, hard; an expired one counts until its slot is given back
    std::size_t record_bytes = 0;      // room for principals; 0: principal_room_for(capacity)
    std::size_t stripes = 1024;        // locks of the principals
    unsigned load_percent = 71;        // of the slots, when the capacity is used up; above 80 paths grow long

    // The room for principals that results.
    constexpr std::size_t record_room() const noexcept
    {
        return record_bytes != 0 ? record_bytes : principal_room_for(capacity);
    }
    // Beside it, for the addresses of clients: where it is 512 bytes for each token, each may have its own address.
    constexpr std::size_t address_room() const noexcept
    {
        return std::max(record_room() / 4 + 4096, least_principal_room);
    }
};

// The longest time from the issue of a token to its end: 194 days.
inline constexpr std::chrono::seconds longest_kept{life_word::issue_span - 1};

// The result of find(), copied out of the table. Reusable; nothing is allocated.
class found_token
{
public:
    token_key key;
    std::chrono::sys_seconds issued_at{};
    std::chrono::sys_seconds expires_at{};

    // The bytes as they were inserted. Valid until the next find() into this object.
    std::span<char const> principal() const noexcept { return {bytes_.data(), label_.length()}; }

private:
    friend class table;
    record_label label_;
    std::array<char, max_principal_bytes> bytes_;
};

// The right to check a principal once.
struct check_claim
{
    record_label label;
    std::uint32_t mark;
};

enum class insert_result
{
    done,
    full,        // no room for a token or a principal, and no token has expired; or the chronicle has no room now
    share_full,  // the share has max_tokens
    owner_full,  // the owner has max_sessions tokens; comes before any other refusal
    gone,        // the token to be exchanged is unknown or has expired
    unwritable   // the chronicle can keep nothing
};

struct table_census;

// Live tokens and their principals. find() and touch() take no lock; insert(), and erase() of a live token, take the
// lock of the owner. Expiry is decided against `now`, the time of a clock that does not go back. Thread-safe, except
// where a function says otherwise.
class table
{
public:
    explicit table(table_options options);  // throws std::invalid_argument, std::system_error

    // Makes the argument of insert() for a principal, and fetches the memory that insert() reads first into the cache,
    // so that the caller can do other work in between. `identity` is the same for all principals of one owner; it is
    // not stored. REQUIRES: 1 to max_principal_bytes.
    [[nodiscard]] token_owner prepare(std::span<char const> principal, std::span<char const> identity) const noexcept
    {
        return index_.prepare(principal, identity);
    }

    // REQUIRES: a fresh key (the digest of a new token); now < expires <= issued + longest_kept.
    //
    // Keeps the limits of `whose` exactly, however many threads insert. If an owner has max_sessions tokens, the new
    // one replaces a token that has expired, or, by policy, the oldest one. That one ends as by erase(), just before
    // the new one can be found, and `evicted` gets its key. Such an exchange needs no room in the share or the table.
    // If it fails, nothing has ended.
    [[nodiscard]] insert_result insert(token_key key, token_owner const& whose, std::chrono::sys_seconds issued,
                                       std::chrono::sys_seconds expires, std::chrono::sys_seconds now,
                                       std::optional<token_key>* evicted = nullptr) noexcept;

    // Ends the token `old`, and inserts another one of the same owner. It needs no room in the share or the table, and
    // the limits of the owner do not count. If it fails, `old` has not ended. REQUIRES: as insert().
    [[nodiscard]] insert_result exchange(token_key old, token_key key, token_owner const& whose,
                                         std::chrono::sys_seconds issued, std::chrono::sys_seconds expires,
                                         std::chrono::sys_seconds now) noexcept;

    // Returns false, with `out` unspecified, if the key is unknown or has expired. Takes no lock and never waits.
    [[nodiscard]] bool find(token_key key, std::chrono::sys_seconds now, found_token& out) const noexcept;

    // Ends a token and frees its capacity. Returns false if it was unknown or had expired.
    [[nodiscard]] bool erase(token_key key, std::chrono::sys_seconds now) noexcept;

    // Gives another principal of the same owner to live tokens whose principal has exactly the bytes `from`: up to
    // `most` of them, the youngest first. They keep their times and addresses. A find meanwhile sees the old principal
    // or the new one. Returns how many tokens were moved; if that is `most`, call again with the same arguments. Each
    // call takes the owner's lock once. A token that is inserted with the bytes `from` after the first call gets a
    // record of its own, and a later call moves it too. Returns 0, with nothing changed, if the principals are equal,
    // if there are no such tokens, or if the table has no room for the new principal; a caller that must not leave them
    // as they are then ends the tokens. Throws std::bad_alloc if imported tokens cannot be linked.
    [[nodiscard]] std::size_t replace_principal(std::span<char const> from, token_owner const& to, std::size_t most);

    // Moves the end of a token, never to an earlier time. Returns false if the token is unknown or has expired.
    // REQUIRES: expires <= its issue + longest_kept.
    [[nodiscard]] bool touch(token_key key, std::chrono::sys_seconds expires, std::chrono::sys_seconds now) noexcept;

    // The address of the client that got the token; empty if it is unknown or there is no such live token. No lock.
    [[nodiscard]] client_address address_of(token_key key) const noexcept;

    // The time at which the principal of a token was last known to be good, by insert() or a check; the epoch if
    // unknown.
    std::chrono::sys_seconds checked_at(found_token const& of) const noexcept;
    // Moves that time from `seen` to `next`. Of several callers one gets the claim; the others get nothing.
    [[nodiscard]] std::optional<check_claim> claim_check(found_token const& of, std::chrono::sys_seconds seen,
                                                         std::chrono::sys_seconds next) noexcept;
    // Reports the result of the check: the principal was good at that time.
    void settle_check(check_claim claim, std::chrono::sys_seconds good_at) noexcept;

    // Fetches the memory that a find, or any operation on the key, reads first into the cache. Use it when other work
    // comes in between.
    void prefetch_to_find(token_key key) const noexcept { slots_.prefetch_home_line(key); }
    [[gnu::always_inline]] void prefetch(token_key key) const noexcept { slots_.prefetch(key); }

    // Frees the slots of expired tokens among the `slots` slots from `position` on. Returns how many it freed, and
    // moves `position` on; to 0 at the end of the table, when a lap is complete.
    std::size_t sweep_slice(std::size_t& position, std::size_t slots, std::chrono::sys_seconds now) noexcept;

    // For the one sweeper. Call begin_lap() before the first slice of a lap, and await_expiry() after the last one: it
    // waits until a token may have expired, but at least until `earliest`. It returns false as soon as `stop` is
    // requested.
    void begin_lap() noexcept;
    [[nodiscard]] bool await_expiry(std::stop_token const& stop, clock const& now, std::chrono::sys_seconds earliest)
    {
        return alarm_.wait(stop, now, earliest);
    }

    // From now on the table reports everything that happens to its tokens. Call it once. REQUIRES: no other thread uses
    // the table yet; `listener` outlives all use of the table.
    void report_to(chronicle& listener) noexcept
    {
        assert(chronicle_ == nullptr);
        chronicle_ = &listener;
    }
    // Links imported tokens with their principals, oldest first; walks wait for it. Takes a while the first time.
    // Throws std::bad_alloc.
    void link_imported() { index_.link_restored(); }

    std::size_t size() const noexcept { return credits_.taken(); }  // includes expired tokens that are not swept yet
    std::size_t capacity() const noexcept { return credits_.limit(); }

    std::size_t bytes_used() const noexcept;  // of memory, for what the table has held so far
    // The most memory that such a table can need, in bytes. Throws std::invalid_argument, like slots_for().
    static std::size_t most_bytes(table_options const& options);
    static std::size_t slots_for(table_options const& options);  // of such a table

    // Counts everything one by one. For tests. REQUIRES: no other thread uses the table.
    table_census census();

private:
    friend class table_export;
    friend class slot_walk;
    friend class table_import;
    friend class token_walk;
    using atomic_slots = slot_table<std::atomic>;

    struct placing;  // a token that is being inserted

    [[nodiscard]] insert_result insert(placing& token) noexcept;
    [[nodiscard]] bool enter(placing& token) noexcept;
    [[nodiscard]] bool make_room(placing const& token) noexcept;
    [[nodiscard]] std::size_t place(placing& token, std::uint32_t record) noexcept;
    [[nodiscard]] bool find_old(placing& token) noexcept;
    [[nodiscard]] bool reserve(placing& token) noexcept;
    void unreserve(placing const& token) noexcept;
    [[nodiscard]] bool report(placing& token, std::uint32_t record) noexcept;
    [[nodiscard]] bool displace(placing& token) noexcept;
    void finish_displaced(placing const& token) noexcept;
    // For a take: reads the label of the token's record, which leads to the lock of its owner.
    auto labelling(record_label& label) const noexcept
    {
        return [this, &label](sighting const& seen) { label = index_.label(seen.record); };
    }
    [[nodiscard]] bool reclaim(std::uint32_t now) noexcept;
    bool end_if_expired(atomic_slots::slot& slot, std::uint32_t now, std::uint32_t& soonest) noexcept;
    token_share* leave(atomic_slots::slot& taken, record_label label) noexcept;
    void finish(atomic_slots::slot& taken, record_label label) noexcept;
    static void fill(sighting const& seen, found_token& out) noexcept;  // everything but the principal
    // Returns true, with both filled, if a live token is in the slot.
    [[nodiscard]] bool read(std::size_t slot, std::chrono::sys_seconds now, found_token& out,
                            client_address& address) const noexcept;

    mapping const slot_memory_;
    atomic_slots slots_;
    principal_index index_;
    client_addresses addresses_;
    alignas(64) basic_credit_count<std::atomic> credits_;  // each insert writes here; finds read the lines above
    alignas(64) basic_soonest_mark<std::atomic> soonest_;  // each insert reads here
    expiry_alarm alarm_;                                   // and here
    std::mutex reclaiming_;                                // one search at a time; guards reclaim_position_
    std::size_t reclaim_position_ = 0;
    chronicle* chronicle_ = nullptr;  // null: nobody listens
};

struct table_census
{
    std::size_t live = 0;         // slots that hold a token, expired or not
    std::size_t busy = 0;         // slots between two states: 0 while no thread uses the table
    std::size_t passers = 0;      // sum of the numbers that lines hold
    std::size_t mistold = 0;      // numbers of passers that are wrong: 0
    std::size_t path_length = 0;  // lines passed, sum over the live slots
    std::size_t records = 0;      // different principals
    std::size_t indexed = 0;      // sum over them of their tokens
    std::size_t addresses = 0;    // different ones
    std::size_t addressed = 0;    // slots that have one
};

}  // namespace tokend
