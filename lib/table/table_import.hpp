#pragma once

#include "table/table.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tokend {

// A record, and how many imported tokens name it.
struct import_count
{
    std::uint32_t record;
    std::uint32_t tokens;
};

// Fills a table with tokens that were issued before, such as those of a tokens file. REQUIRES: the table was not used
// before, and nothing else uses it until finish() has returned. Thread-safe, except for the three calls that end it.
//
// This is how a file's reader gets at the inside of a table, and why insert() does not serve: an import takes no lock
// for a token, reports nothing, may exceed the capacity, and leaves the linking of tokens for later.
class table_import
{
public:
    explicit table_import(table& into) noexcept : table_{into} {}

    // The most tokens that the table has slots for, whatever its capacity.
    std::size_t slots() const noexcept { return table_.slots_.size(); }

    // Returns the number of the principal's record, or 0 if there is no room. A new record gets this serial. Its tokens
    // are counted in the share, which may be null, whatever the limits.
    [[nodiscard]] std::uint32_t add_principal(std::span<char const> bytes, std::span<char const> identity,
                                              std::uint64_t serial, token_share* share = nullptr) noexcept
    {
        auto whose = table_.index_.prepare(bytes, identity);
        whose.limits.share = share;
        return table_.index_.restore_record(whose, serial);
    }
    // Returns the number of the address, or 0 if there is no room for it. REQUIRES: one call of count_address() for
    // each call that did not return 0.
    [[nodiscard]] std::uint32_t add_address(std::span<char const> bytes, std::uint64_t serial) noexcept
    {
        return table_.addresses_.restore(bytes, serial);
    }

    void prefetch(token_key key) const noexcept { table_.slots_.prefetch(key); }
    [[nodiscard]] bool contains(token_key key) const noexcept
    {
        sighting seen;
        return table_.slots_.locate(key, seen) != nullptr;
    }
    // Takes credits for `count` tokens, beyond the capacity if need be. Returns how many are taken in all.
    [[nodiscard]] std::size_t reserve(std::size_t count) noexcept
    {
        table_.credits_.take_beyond(count);
        return table_.credits_.taken();
    }
    // REQUIRES: a reserved credit; no more than slots() tokens in all; a key that the table does not contain and no
    // other thread adds. `address` may be 0.
    void add(token_key key, std::uint32_t principal, std::uint32_t issued, std::uint32_t expires,
             std::uint32_t address) noexcept
    {
        assert(principal != 0 && issued < expires && expires - issued < life_word::issue_span);
        table_.addresses_.set(table_.slots_.insert(key, principal, issued, expires), address);
    }

    // One thread ends the import by these calls, in this order.

    // REQUIRES: each principal once, with the number of all its tokens. Throws std::bad_alloc.
    void count_principals(std::span<import_count const> all);
    void count_address(import_count const& one) noexcept;
    // New records get higher serials than these. After this the table is usable; table::link_imported() does the rest.
    void finish(std::uint64_t last_principal, std::uint64_t last_address) noexcept;

private:
    table& table_;
};

}  // namespace tokend
