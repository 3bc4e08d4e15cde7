#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace tokend {

// Some units of a log, of one thread alone until it has filled them.
struct log_place
{
    unsigned half = 0;
    std::uint32_t units = 0;  // 0: there is none
    std::uint64_t first = 0;

    explicit operator bool() const noexcept { return units != 0; }
};

// Where the next entry goes, and how much of what was reserved is filled. All memory orders of the journal stand here.
//   A  reserve | reserve after turn(): who reserves in the new half sees its count of filled units at 0.
//   B  filled stores | await reads: once all that was reserved in the old half is filled, whoever waits sees everything that
//      the threads did before they filled, the changes of the table that the entries tell of among it.
class log_head
{
public:
    // Before any other thread comes.
    void begin(unsigned half, std::uint64_t position) noexcept
    {
        filled_[half].store(position, std::memory_order_relaxed);
        next_.store(word(half, position), std::memory_order_release);
    }

    // No place if fewer than `units` are left of `room`.
    log_place reserve(std::uint32_t units, std::uint64_t room) noexcept
    {
        auto seen = next_.load(std::memory_order_relaxed);
        while (position(seen) + units <= room)
            if (next_.compare_exchange_weak(seen, seen + units, std::memory_order_acq_rel,
                                            std::memory_order_relaxed))  // A
                return {half(seen), units, position(seen)};
        return {};
    }

    // What is left of the page that the next unit would begin in, so that the next entry begins in a fresh one. Perhaps 0 units.
    log_place reserve_rest_of_page(std::uint32_t unit_size, std::uint32_t page_size) noexcept
    {
        auto seen = next_.load(std::memory_order_relaxed);
        for (;;)
        {
            auto const page = (position(seen) * unit_size + page_size - 1) / page_size;
            auto const fresh = (page * page_size + unit_size - 1) / unit_size;
            auto const units = static_cast<std::uint32_t>(fresh - position(seen));
            if (next_.compare_exchange_weak(seen, seen + units, std::memory_order_acq_rel,
                                            std::memory_order_relaxed))  // A
                return {half(seen), units, position(seen)};
        }
    }

    void fill(log_place const& place) noexcept
    {
        filled_[place.half].fetch_add(place.units, std::memory_order_release);  // B
    }

    // What is there is reserved; the next entries go to the other half. Returns the end of this one.
    log_place turn() noexcept
    {
        auto const old = half(next_.load(std::memory_order_relaxed));
        filled_[1 - old].store(0, std::memory_order_relaxed);
        auto const last = next_.exchange(word(1 - old, 0), std::memory_order_acq_rel);  // A
        return {old, 0, position(last)};
    }

    bool is_filled(log_place const& end) const noexcept
    {
        return filled_[end.half].load(std::memory_order_acquire) == end.first;  // B
    }

    // At a moment of this call everything that was reserved in this half was filled.
    bool is_filled() const noexcept { return is_filled(end()); }

    log_place end() const noexcept
    {
        auto const seen = next_.load(std::memory_order_relaxed);
        return {half(seen), 0, position(seen)};
    }

private:
    static constexpr unsigned position_bits = 63;
    static constexpr std::uint64_t word(unsigned half, std::uint64_t position) noexcept
    {
        return std::uint64_t{half} << position_bits | position;
    }
    static constexpr unsigned half(std::uint64_t w) noexcept { return static_cast<unsigned>(w >> position_bits); }
    static constexpr std::uint64_t position(std::uint64_t w) noexcept
    {
        return w & ((std::uint64_t{1} << position_bits) - 1);
    }

    alignas(64) std::atomic<std::uint64_t> next_ = 0;  // half 1 (high) | position 63
    alignas(64) std::array<std::atomic<std::uint64_t>, 2> filled_{};
};

}  // namespace tokend
