#pragma once

#include "base/keyed_hash.hpp"
#include "table/mapping.hpp"
#include "table/record_cells.hpp"
#include "table/record_names.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend {

// The address of a client, copied out of the table; empty: unknown.
class client_address
{
public:
    static constexpr std::size_t max_bytes = 64;

    std::string_view view() const noexcept { return {bytes_.data(), size_}; }

private:
    friend class client_addresses;
    std::size_t size_ = 0;
    std::array<char, max_bytes> bytes_;
};

// The addresses of the clients of live tokens, apart from principals. An address is stored once, however many tokens
// have it, and is freed with the last of them. A row, which find does not read, holds the number of the address for
// each slot. An address that finds no room is unknown: it never makes an insert fail. Thread-safe.
//
// Pairs B and B' of slot.hpp hold for these numbers and their records too. The number is stored behind publish and
// cleared between take and give. The record lives until its last token has been taken. So a reader that loads life, the
// number and the words, and then finds life unchanged, has read the address of that token, or that it is unknown
// because its insert has not returned.
class client_addresses
{
public:
    // Throws std::invalid_argument, std::system_error.
    client_addresses(std::size_t slots, std::size_t room);

    // Counts one more token of an address. Returns the number of the address, or 0 if it is empty, is longer than
    // max_bytes, or finds no room.
    [[nodiscard]] std::uint32_t take(std::span<char const> address) noexcept;
    // The same for an address of a tokens file, with its serial.
    [[nodiscard]] std::uint32_t restore(std::span<char const> address, std::uint64_t serial) noexcept;
    // Counts `tokens` more tokens. REQUIRES: a number that the caller has taken.
    void count(std::uint32_t number, std::uint32_t tokens) noexcept;
    // Counts one token less. REQUIRES: a number that take() returned, or 0.
    void release(std::uint32_t number) noexcept;

    // REQUIRES: the caller holds the lock of the owner of the slot's token.
    void set(std::size_t slot, std::uint32_t number) noexcept
    {
        if (number != 0)
            numbers_[slot].store(number, std::memory_order_release);  // B
    }
    // Removes the address of a token that has ended from its slot. REQUIRES: the caller owns the slot, and has taken
    // and released the lock of the token's owner since it took the slot.
    void clear(std::size_t slot) noexcept;

    // Returns the number for a slot. Valid only if the slot still holds the same token afterwards.
    std::uint32_t of(std::size_t slot) const noexcept { return numbers_[slot].load(std::memory_order_acquire); }  // B
    void copy(std::uint32_t number, client_address& out) const noexcept;

    // New addresses get serials from `first` on.
    void count_serials_from(std::uint64_t first) noexcept { next_serial_.store(first, std::memory_order_relaxed); }
    // Returns null for number 0. REQUIRES: the caller has taken the number.
    record_serial* serial(std::uint32_t number) const noexcept
    {
        return number == 0 ? nullptr : &cells_.serial(cells_.label(number));
    }
    // The serial of an address in two steps. The slot must still hold the same token after the first step; then the
    // serial is valid if the slot still holds the token after the second step. The serial of number 0 is 0.
    record_label label(std::uint32_t number) const noexcept { return cells_.label(number); }
    std::uint64_t serial_of(std::uint32_t number, record_label label) const noexcept
    {
        return number == 0 ? 0 : cells_.serial(label).number();
    }
    // Calls `use(serial, bytes)`, without a lock, for every address that exists from the beginning of the call to its
    // end.
    template <class Use>
    void for_each(Use&& use) const;

    void prefetch(std::size_t slot) const noexcept { __builtin_prefetch(&numbers_[slot]); }

    std::size_t size() const noexcept;  // different addresses
    std::size_t bytes_used() const noexcept;
    static std::size_t most_bytes(std::size_t slots, std::size_t room) noexcept;

private:
    struct alignas(64) stripe
    {
        std::mutex mutex;
        record_names names;
    };
    static constexpr std::size_t stripe_bits = 6;

    [[nodiscard]] std::uint32_t take(std::span<char const> address, std::uint64_t serial) noexcept;

    // Chooses by bits that do not choose the position among the names.
    stripe& stripe_of(std::uint64_t name) const noexcept { return stripes_[name >> (64 - stripe_bits)]; }

    keyed_hash const hash_;
    record_cells cells_;
    mapping const number_memory_;
    std::span<std::atomic<std::uint32_t>> const numbers_;  // one for each slot; 0: unknown
    mutable std::array<stripe, std::size_t{1} << stripe_bits> stripes_;
    std::atomic<std::uint64_t> next_serial_{1};  // counts alone; relaxed
    std::atomic<bool> used_{false};              // some token has had an address
};

template <class Use>
void client_addresses::for_each(Use&& use) const
{
    std::vector<std::pair<std::uint64_t, client_address>> found;
    for (auto& s : stripes_)
    {
        found.clear();
        {
            std::lock_guard const lock{s.mutex};
            s.names.for_each([&](std::uint32_t number) {
                auto& [serial, address] = found.emplace_back(serial_of(number, label(number)), client_address{});
                copy(number, address);
            });
        }
        for (auto const& [serial, address] : found)
            use(serial, address.view());
    }
}

}  // namespace tokend
