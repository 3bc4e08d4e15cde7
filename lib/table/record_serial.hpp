#pragma once

#include <atomic>
#include <cstdint>

namespace tokend {

// The serial number of a record, by which a chronicle names it. The number of a record in the table is used again; a
// serial is not. One bit says whether the chronicle has the bytes of the record. The serial changes under the lock of
// the record's owner, when the record gets its bytes.
//   S  begin stores | number loads, then the slot's life again: as pair B' of slot.hpp.
//   T  set_recorded stores | is_recorded loads: a thread that sees the bit appends behind the record's entry.
class record_serial
{
public:
    void begin(std::uint64_t number) noexcept { word_.store(number << 1, std::memory_order_release); }  // S
    std::uint64_t number() const noexcept { return word_.load(std::memory_order_acquire) >> 1; }        // S

    bool is_recorded() const noexcept { return (word_.load(std::memory_order_acquire) & 1) != 0; }  // S, T
    // REQUIRES: a live token names the record, or the caller holds the lock.
    void set_recorded() noexcept { word_.fetch_or(1, std::memory_order_release); }  // T

private:
    std::atomic<std::uint64_t> word_{0};
};

}  // namespace tokend
