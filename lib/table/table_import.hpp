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

// Fills a table with tokens that were issued before: those of a tokens file. REQUIRES: the table was not used before, and
// nobody else uses it until finish() has returned. Several threads may use it at once, but for the calls that end it.
//
// Import is apart from insert() because it may do with less: it takes no lock for a token, reports to no chronicle, and
// links tokens later.
class table_import
{
public:
    explicit table_import(table& into) noexcept : table_{into} {}

    // More tokens than that have no place, whatever the capacity is.
    std::size_t slots() const noexcept { return table_.slots_.size(); }

    // Returns the number of the principal's record, whose serial is this one if it is new; 0: there is no room.
    [[nodiscard]] std::uint32_t add_principal(std::span<char const> bytes, std::span<char const> identity,
                                              std::uint64_t serial) noexcept
    {
        return table_.index_.restore_record(table_.index_.prepare(bytes, identity), serial);
    }
    // Returns the number of the address; 0: it is unknown. Each such call is followed by one of count_address().
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
    // Makes room for so many tokens, beyond the capacity if need be. Returns how many there are with them.
    [[nodiscard]] std::size_t reserve(std::size_t count) noexcept
    {
        table_.credits_.take_beyond(count);
        return table_.credits_.taken();
    }
    // REQUIRES: room was reserved, and there are no more than slots(); a key that the table does not contain, and that no
    // other thread adds; `address` may be 0.
    void add(token_key key, std::uint32_t principal, std::uint32_t issued, std::uint32_t expires,
             std::uint32_t address) noexcept
    {
        assert(principal != 0 && issued < expires && expires - issued < life_word::issue_span);
        table_.addresses_.set(table_.slots_.insert(key, principal, issued, expires), address);
    }

    // What follows ends the import, in this order, by one thread.

    // Each principal comes once, with all its tokens. Throws std::bad_alloc.
    void count_principals(std::span<import_count const> all);
    void count_address(import_count const& one) noexcept;
    // Later records get higher serials than these. What remains is table::link_imported().
    void finish(std::uint64_t last_principal, std::uint64_t last_address) noexcept;

private:
    table& table_;
};

}  // namespace tokend
