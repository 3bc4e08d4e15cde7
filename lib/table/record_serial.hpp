#pragma once

#include <atomic>
#include <cstdint>

namespace tokend {

// What a record is called in a tokens file, where its number may have had other tenants: 0 in a table without one. Changes under the
// lock of the record's owner, when the record gets its bytes; whether they are in the file is told by any thread whose token names it.
//   S  begin stores | number loads, then the slot's life again: as pair B' of slot.hpp.
//   T  told stores | is_told loads: who sees it knows that the record's entry is filled.
class record_serial
{
public:
    void begin(std::uint64_t number) noexcept { word_.store(number << 1, std::memory_order_release); }  // S
    std::uint64_t number() const noexcept { return word_.load(std::memory_order_acquire) >> 1; }        // S

    bool is_told() const noexcept { return (word_.load(std::memory_order_acquire) & 1) != 0; }  // S, T
    // Nothing happens if the record has another tenant by now.
    void told(std::uint64_t number) noexcept
    {
        auto expected = number << 1;
        word_.compare_exchange_strong(expected, expected | 1, std::memory_order_release,
                                      std::memory_order_relaxed);  // T
    }

private:
    std::atomic<std::uint64_t> word_{0};
};

}  // namespace tokend
