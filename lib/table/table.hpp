#pragma once

#include "base/principal.hpp"
#include "table/key.hpp"
#include "table/records.hpp"
#include "table/slot_table.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <span>

namespace tokend {

struct table_options
{
    std::size_t capacity = 1'000'000;  // tokens, hard; an expired one counts until its slot is given back
    std::size_t record_bytes = 0;      // room for principals; 0: 512 for each token of the capacity, at least 1 MiB
    std::size_t stripes = 1024;        // locks of the principals
    unsigned load_percent = 75;        // of the slots, when the capacity is used up; above 80 paths grow long
};

// A token may be kept whose issue and end are no further apart than this: 194 days.
inline constexpr std::chrono::seconds longest_kept{life_word::issue_span - 1};

// What find() copies out of the table: the caller's own, reusable; nothing is allocated.
class found_token
{
public:
    std::chrono::sys_seconds issued_at{};
    std::chrono::sys_seconds expires_at{};

    // As it was inserted. Valid until the next find() into this object.
    std::span<char const> principal() const noexcept { return {bytes_.data(), size_}; }

private:
    friend class table;
    std::size_t size_ = 0;
    std::array<char, max_principal_bytes> bytes_;
};

enum class insert_result
{
    done,
    full  // of tokens or of principals, and none has expired
};

struct table_census;

// Live tokens and whose they are. find, erase and touch are lock-free, but for a lock of the principal at the end of a token;
// insert takes that lock too. Expiry is decided against `now`, a clock that does not go back. Any thread, any of them at once.
class table
{
public:
    explicit table(table_options options);  // throws std::invalid_argument, std::system_error

    // REQUIRES: a fresh key (the digest of a new token); 1 to max_principal_bytes; now < expires <= issued + longest_kept.
    insert_result insert(token_key key, std::span<char const> principal, std::chrono::sys_seconds issued,
                         std::chrono::sys_seconds expires, std::chrono::sys_seconds now) noexcept;

    // False, and `out` of no use: unknown or expired. Takes no lock and never waits.
    bool find(token_key key, std::chrono::sys_seconds now, found_token& out) const noexcept;

    // Ends a token, whose capacity is free again on return. False: it was unknown or had expired.
    bool erase(token_key key, std::chrono::sys_seconds now) noexcept;

    // Moves a token's end, later only. False: it is unknown or has expired. REQUIRES: expires <= its issue + longest_kept.
    bool touch(token_key key, std::chrono::sys_seconds expires, std::chrono::sys_seconds now) noexcept;

    // Gives the slots of expired tokens back, among the next `slots` from `position` on; returns how many, and moves `position`,
    // to 0 at the end of the table: a lap is complete.
    std::size_t sweep_slice(std::size_t& position, std::size_t slots, std::chrono::sys_seconds now) noexcept;

    std::size_t size() const noexcept { return credits_.taken(); }  // expired ones that are not swept included
    std::size_t capacity() const noexcept { return credits_.limit(); }

    // Counts everything one by one. REQUIRES: nobody else uses the table. For tests.
    table_census census() const noexcept;

private:
    using atomic_slots = slot_table<std::atomic>;

    bool take_credit(std::uint32_t now) noexcept;
    std::uint32_t hold_record(std::span<char const> principal, std::uint32_t now) noexcept;
    bool reclaim(std::uint32_t now) noexcept;
    bool end_if_expired(atomic_slots::slot& slot, std::uint32_t now, std::uint32_t& soonest) noexcept;
    void finish(atomic_slots::slot& taken) noexcept;

    records records_;
    mapping const slot_memory_;
    mapping const counter_memory_;
    atomic_slots slots_;
    alignas(64) basic_credit_count<std::atomic> credits_;  // each insert writes here; finds read the lines above
    basic_soonest_mark<std::atomic> soonest_;
    std::mutex reclaiming_;  // one search at a time; guards the next
    std::size_t reclaim_position_ = 0;
};

struct table_census
{
    std::size_t live = 0;         // slots that hold a token, expired or not
    std::size_t busy = 0;         // slots between two states: none, while nobody uses the table
    std::size_t passers = 0;      // sum of the overflow counters
    std::size_t path_length = 0;  // sum over the live slots; the same, unless a counter is stuck
    std::size_t records = 0;      // different principals
    std::size_t held = 0;         // sum over them of the tokens that hold them
};

}  // namespace tokend
