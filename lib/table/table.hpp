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

// A token may be kept whose issue and end are no further apart than this: 194 days.
inline constexpr std::chrono::seconds longest_kept{life_word::issue_span - 1};

// What find() copies out of the table: the caller's own, reusable; nothing is allocated.
class found_token
{
public:
    token_key key;
    std::chrono::sys_seconds issued_at{};
    std::chrono::sys_seconds expires_at{};

    // As it was inserted. Valid until the next find() into this object.
    std::span<char const> principal() const noexcept { return {bytes_.data(), label_.length()}; }

private:
    friend class table;
    friend class token_walk;
    record_label label_;
    std::array<char, max_principal_bytes> bytes_;
};

// The right to check a principal, once.
struct check_claim
{
    record_label label;
    std::uint32_t mark;
};

enum class insert_result
{
    done,
    full,       // of tokens or of principals, and none has expired; or the log of the tokens file has no room now
    unwritable  // the tokens file cannot be written
};

struct table_census;

// Live tokens and whose they are. find, erase and touch are lock-free, but for a lock of the owner at the end of a token; insert
// takes that lock too. Expiry is decided against `now`, a clock that does not go back. Any thread, any of them at once.
class table
{
public:
    explicit table(table_options options);  // throws std::invalid_argument, std::system_error

    // What insert() is to know of a principal; fetches what it begins with, so that other work may come in between. `identity`: the
    // same for all principals of one owner; not kept. REQUIRES: 1 to max_principal_bytes.
    [[nodiscard]] token_owner prepare(std::span<char const> principal, std::span<char const> identity) const noexcept
    {
        return index_.prepare(principal, identity);
    }

    // REQUIRES: a fresh key (the digest of a new token); now < expires <= issued + longest_kept.
    [[nodiscard]] insert_result insert(token_key key, token_owner const& whose, std::chrono::sys_seconds issued,
                                       std::chrono::sys_seconds expires, std::chrono::sys_seconds now) noexcept;

    // False, and `out` of no use: unknown or expired. Takes no lock and never waits.
    [[nodiscard]] bool find(token_key key, std::chrono::sys_seconds now, found_token& out) const noexcept;

    // Ends a token, whose capacity is free again on return. False: it was unknown or had expired.
    [[nodiscard]] bool erase(token_key key, std::chrono::sys_seconds now) noexcept;

    // Gives up to `most` live tokens whose principal has exactly the bytes `from`, the youngest first, another
    // principal of the same owner; they keep their times and addresses. A find meanwhile sees either principal whole.
    // Returns how many: fewer than `most`, and there are no others, so a caller repeats with the same arguments until
    // then. Each call holds the owner's lock once. From the first call on an insert with the bytes `from` is kept
    // apart, until a later call moves it too. Returns 0, and nothing has changed, if the principals are equal, there
    // are no such tokens, or the table has no room for the new principal: a caller for whom that
    // matters then ends the tokens. Throws std::bad_alloc if the tokens of a file cannot be linked.
    [[nodiscard]] std::size_t replace_principal(std::span<char const> from, token_owner const& to, std::size_t most);

    // Moves a token's end, later only. False: it is unknown or has expired. REQUIRES: expires <= its issue + longest_kept.
    [[nodiscard]] bool touch(token_key key, std::chrono::sys_seconds expires, std::chrono::sys_seconds now) noexcept;

    // Where the client was that got the token; empty: unknown, or there is no such live token. No lock.
    [[nodiscard]] client_address address_of(token_key key) const noexcept;

    // When the principal of a token was last known to be good, as insert() or a claim said; the epoch: not known.
    std::chrono::sys_seconds checked_at(found_token const& of) const noexcept;
    // Moves that time from `seen` to `next`, for one of all callers. Nothing: another was faster.
    [[nodiscard]] std::optional<check_claim> claim_check(found_token const& of, std::chrono::sys_seconds seen,
                                                         std::chrono::sys_seconds next) noexcept;
    // What came of the check: the principal was good at that time.
    void settle_check(check_claim claim, std::chrono::sys_seconds good_at) noexcept;

    // Brings what a find, or any operation on the key, begins with into the cache: worth it when other work comes in between. Not the
    // token's link: it is made later.
    void prefetch_to_find(token_key key) const noexcept { slots_.prefetch_home_line(key); }
    [[gnu::always_inline]] void prefetch(token_key key) const noexcept { slots_.prefetch(key); }

    // Gives the slots of expired tokens back, among the next `slots` from `position` on; returns how many, and moves `position`,
    // to 0 at the end of the table: a lap is complete.
    std::size_t sweep_slice(std::size_t& position, std::size_t slots, std::chrono::sys_seconds now) noexcept;

    // For the one sweeper. begin_lap() comes before the first slice of a lap. After the last slice
    // await_expiry() waits until a token may have expired, but at least until `earliest`, and returns false as soon as
    // `stop` is requested.
    void begin_lap() noexcept;
    [[nodiscard]] bool await_expiry(std::stop_token const& stop, clock const& now, std::chrono::sys_seconds earliest)
    {
        return alarm_.wait(stop, now, earliest);
    }

    // From now on everything that happens is reported. REQUIRES: nobody else uses the table yet; `listener` outlives all use of
    // it.
    void report_to(chronicle& listener) noexcept
    {
        assert(chronicle_ == nullptr);
        chronicle_ = &listener;
    }
    // Enters imported tokens with their principals, in the order of their age; walks wait for it. Takes a while the first time.
    // Throws std::bad_alloc.
    void link_imported() { index_.link_restored(); }

    std::size_t size() const noexcept { return credits_.taken(); }  // expired ones that are not swept included
    std::size_t capacity() const noexcept { return credits_.limit(); }

    std::size_t bytes_used() const noexcept;  // of memory, by what the table has held so far
    // Of memory, that such a table can ever need. Throws std::invalid_argument, like slots_for().
    static std::size_t most_bytes(table_options const& options);
    static std::size_t slots_for(table_options const& options);  // that such a table has

    // Counts everything one by one. REQUIRES: nobody else uses the table. For tests.
    table_census census();

private:
    friend class table_export;
    friend class table_import;
    friend class token_walk;
    using atomic_slots = slot_table<std::atomic>;

    struct placing;  // a token that is being inserted

    [[nodiscard]] insert_result place(placing& token) noexcept;
    [[nodiscard]] chronicle_result report(placing const& token, std::uint32_t record) noexcept;
    // What a take looks at: the label of the token's record, which leads to the lock of its owner.
    auto labelling(record_label& label) const noexcept
    {
        return [this, &label](sighting const& seen) { label = index_.label(seen.record); };
    }
    [[nodiscard]] bool take_credit(std::uint32_t now) noexcept;
    [[nodiscard]] bool reclaim(std::uint32_t now) noexcept;
    bool end_if_expired(atomic_slots::slot& slot, std::uint32_t now, std::uint32_t& soonest) noexcept;
    void finish(atomic_slots::slot& taken, record_label label) noexcept;
    static void tell(sighting const& seen, found_token& out) noexcept;  // all but the principal

    mapping const slot_memory_;
    atomic_slots slots_;
    principal_index index_;
    client_addresses addresses_;
    alignas(64) basic_credit_count<std::atomic> credits_;  // each insert writes here; finds read the lines above
    alignas(64) basic_soonest_mark<std::atomic> soonest_;  // each insert reads here
    expiry_alarm alarm_;                                   // and here
    std::mutex reclaiming_;                                // one search at a time; guards the next
    std::size_t reclaim_position_ = 0;
    chronicle* chronicle_ = nullptr;  // null: nobody listens
};

struct table_census
{
    std::size_t live = 0;         // slots that hold a token, expired or not
    std::size_t busy = 0;         // slots between two states: none, while nobody uses the table
    std::size_t passers = 0;      // that lines tell of, together
    std::size_t mistold = 0;      // such numbers that are wrong: none
    std::size_t path_length = 0;  // lines passed, sum over the live slots
    std::size_t records = 0;      // different principals
    std::size_t indexed = 0;      // sum over them of their tokens
    std::size_t addresses = 0;    // different ones
    std::size_t addressed = 0;    // slots that have one
};

}  // namespace tokend
