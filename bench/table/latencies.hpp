#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

namespace tokend::bench {

// The durations of many single operations, in nanoseconds, with a precision of 1/64.
class latencies
{
public:
    void add(std::chrono::nanoseconds time)
    {
        auto const nanoseconds = static_cast<std::uint64_t>(time.count());
        ++counts_[std::min(bucket_of(nanoseconds), counts_.size() - 1)];
        ++total_;
        longest_ = std::max(longest_, nanoseconds);
    }

    // Returns the time that this share of the operations did not exceed. REQUIRES: at least one operation.
    double quantile(double share) const
    {
        auto const wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
        std::uint64_t below = 0;
        std::size_t bucket = 0;
        while (bucket + 1 < counts_.size() && (below += counts_[bucket]) <= wanted)
            ++bucket;
        return static_cast<double>(start_of(bucket));
    }
    double longest() const { return static_cast<double>(longest_); }
    std::uint64_t total() const { return total_; }

private:
    static constexpr unsigned bits = 6;  // the bits kept of a number, below its highest set bit
    static constexpr std::uint64_t exact = 1U << bits;

    static std::size_t bucket_of(std::uint64_t n)
    {
        if (n < exact)
            return n;
        auto const shift = static_cast<unsigned>(std::bit_width(n)) - bits - 1;
        return (shift << bits) + (n >> shift);
    }
    static std::uint64_t start_of(std::size_t bucket)
    {
        if (bucket < 2 * exact)
            return bucket;
        auto const shift = (bucket >> bits) - 1;
        return (bucket - (shift << bits)) << shift;
    }

    std::array<std::uint32_t, 36 << bits> counts_{};  // up to a quarter of an hour
    std::uint64_t total_ = 0;
    std::uint64_t longest_ = 0;
};

}  // namespace tokend::bench
