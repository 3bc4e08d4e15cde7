#pragma once

#include "journal/contents.hpp"

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace tokend {

// Where in a row of records the one with a serial stands.
class serial_numbers
{
public:
    explicit serial_numbers(std::span<journal_record const> row);

    // Counts from 1. If several entries have the serial, the last one counts. 0: no entry has it.
    std::uint32_t operator()(std::uint64_t serial) const noexcept { return places_[place_of(serial)].number; }

    void prefetch(std::uint64_t serial) const noexcept { __builtin_prefetch(&places_[home_of(serial)]); }

private:
    struct place
    {
        std::uint64_t serial = 0;
        std::uint32_t number = 0;  // 0: free
    };

    // Serials are counted: the high bits of such a product spread them (Knuth, TAOCP 3, 6.4).
    std::size_t home_of(std::uint64_t serial) const noexcept { return serial * 0x9e37'79b9'7f4a'7c15 >> shift_; }

    // Where the serial is, or the free place that ends the search.
    std::size_t place_of(std::uint64_t serial) const noexcept
    {
        auto at = home_of(serial);
        while (places_[at].number != 0 && places_[at].serial != serial)
            at = (at + 1) & (places_.size() - 1);
        return at;
    }

    std::vector<place> places_;  // a power of two of them, at least half of them free
    int const shift_;
};

inline serial_numbers::serial_numbers(std::span<journal_record const> row)
    : places_(std::bit_ceil(2 * row.size() + 2)), shift_{std::countl_zero(places_.size()) + 1}
{
    for (std::uint32_t number = 1; auto const& record : row)
    {
        places_[place_of(record.serial)] = {record.serial, number};
        ++number;
    }
}

}  // namespace tokend
