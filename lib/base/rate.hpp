#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace tokend {

// How many requests may come in a second, and how many of them at once.
struct rate_limit
{
    std::uint32_t per_second = 0;  // 0: no limit
    std::uint32_t burst = 0;       // 0: as many as in a second

    bool limits() const noexcept { return per_second != 0; }
    bool operator==(rate_limit const&) const = default;
};

// A token bucket that is full at first, in one word: the generic cell rate algorithm (ITU-T I.371, annex A).
// Thread-safe.
class rate_meter
{
public:
    using time_point = std::chrono::steady_clock::time_point;

    // Takes one token and returns zero, or returns the time until there is one. REQUIRES: limit.limits().
    std::chrono::nanoseconds take(rate_limit const& limit, time_point now) noexcept
    {
        std::int64_t const each = 1'000'000'000 / limit.per_second;
        std::int64_t const room = each * (limit.burst != 0 ? limit.burst : limit.per_second);
        std::int64_t const at = std::chrono::nanoseconds{now.time_since_epoch()}.count();
        auto due = due_.load(std::memory_order_relaxed);
        for (;;)
        {
            auto const next = (due > at ? due : at) + each;
            if (next > at + room)
                return std::chrono::nanoseconds{next - at - room};
            if (due_.compare_exchange_weak(due, next, std::memory_order_relaxed))
                return {};
        }
    }

private:
    // When the bucket would be full again, as nanoseconds of the steady clock.
    std::atomic<std::int64_t> due_{INT64_MIN / 2};
};

}  // namespace tokend
