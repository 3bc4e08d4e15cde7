#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

// Numbers for metrics: cheap to change, and read by any thread at any time.
namespace tokend {

// Changed by one thread alone: a load and a store, and no lock on the memory bus.
class own_count
{
public:
    void add(std::uint64_t n = 1) noexcept
    {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// Changed by any thread.
class shared_count
{
public:
    void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
    std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// How often times of each length occurred, with log-linear bounds: 64, 96, 128, 192 microseconds and so on to 16.8 s.
// Longer times are counted together.
struct time_distribution
{
    static constexpr std::size_t bounds = 37;
    // The bound number i, in microseconds.
    static constexpr std::uint64_t bound(std::size_t i) noexcept
    {
        return (std::uint64_t{64} << i / 2) + (i % 2 == 0 ? 0 : std::uint64_t{32} << i / 2);
    }
    // The first bound that is not less than the time; `bounds` if it is longer than all.
    static constexpr std::size_t place(std::uint64_t microseconds) noexcept
    {
        if (microseconds <= 64)
            return 0;
        auto const octave = static_cast<std::size_t>(std::bit_width(microseconds - 1) - 7);  // above 64 << octave
        bool const upper = microseconds > bound(2 * octave + 1);
        return std::min(2 * octave + (upper ? 2 : 1), bounds);
    }

    time_distribution& operator+=(time_distribution const& more) noexcept
    {
        for (std::size_t i = 0; i < counts.size(); ++i)
            counts[i] += more.counts[i];
        microseconds += more.microseconds;
        return *this;
    }
    // REQUIRES: `part` was added before.
    time_distribution& operator-=(time_distribution const& part) noexcept
    {
        for (std::size_t i = 0; i < counts.size(); ++i)
            counts[i] -= part.counts[i];
        microseconds -= part.microseconds;
        return *this;
    }
    // The least bound, in microseconds, which that share of the times do not exceed. Times longer than the last bound
    // count as that bound. Returns nothing if there are no times. REQUIRES: 0 < share <= 1
    std::optional<std::uint64_t> quantile(double share) const noexcept
    {
        std::uint64_t all = 0;
        for (auto const n : counts)
            all += n;
        if (all == 0)
            return std::nullopt;
        auto const wanted = share * static_cast<double>(all);
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < bounds; ++i)
            if (static_cast<double>(below += counts[i]) >= wanted)
                return bound(i);
        return bound(bounds - 1);
    }

    std::array<std::uint64_t, bounds + 1> counts{};
    std::uint64_t microseconds = 0;  // the sum of all times
};

// `Count` is own_count or shared_count.
template <class Count>
class basic_time_counts
{
public:
    void add(std::chrono::nanoseconds time) noexcept
    {
        auto const us = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
        auto const value = static_cast<std::uint64_t>(std::max<std::int64_t>(0, us));
        counts_[time_distribution::place(value)].add();
        sum_.add(value);
    }
    void add_to(time_distribution& sum) const noexcept
    {
        for (std::size_t i = 0; i < counts_.size(); ++i)
            sum.counts[i] += counts_[i].get();
        sum.microseconds += sum_.get();
    }

private:
    std::array<Count, time_distribution::bounds + 1> counts_{};
    Count sum_{};  // microseconds
};
using own_time_counts = basic_time_counts<own_count>;
using shared_time_counts = basic_time_counts<shared_count>;

}  // namespace tokend
