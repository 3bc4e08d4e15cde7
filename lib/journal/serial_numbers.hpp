#pragma once

#include "journal/contents.hpp"

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace tokend {

// Finds the record with a given serial in a row of records.
class serial_numbers
{
public:
    explicit serial_numbers(std::span<journal_record const> row);

    // Returns the position in the row, counted from 1, or 0 if no record has the serial. Of several records the last
    // counts.
    std::uint32_t operator()(std::uint64_t serial) const noexcept { return places_[place_of(serial)].number; }

    void prefetch(std::uint64_t serial) const noexcept { __builtin_prefetch(&places_[home_of(serial)]); }

private:
    struct place
    {
        std::uint64_t serial = 0;
        std::uint32_t number = 0;  // 0: free
    };

    // Serials are consecutive numbers; the high bits of this product spread them (Knuth, TAOCP 3, 6.4).
    std::size_t home_of(std::uint64_t serial) const noexcept { return serial * 0x9e37'79b9'7f4a'7c15 >> shift_; }

    // The position of the serial, or the free one that ends the search.
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
