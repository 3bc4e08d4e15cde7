#pragma once

#include "base/clock.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace tokend {

// A time before which no token expires, so that a sweeper can sleep until then. A lap of the sweeper resets it, and
// lowers it to the soonest expiry that the lap sees; inserts lower it too. Thread-safe, for one sweeper.
//
// An insert calls lower() after its token is published and before it releases a lock that the sweeper takes once
// between reset() and the lap. So either the lap sees the token, or the insert sees the mark that was reset.
class expiry_alarm
{
public:
    void reset() noexcept { mark_.store(never, std::memory_order_relaxed); }

    // Costs an insert one comparison, unless its token is the first to expire.
    void lower(std::uint32_t expiry) noexcept
    {
        if (expiry < mark_.load(std::memory_order_relaxed)) [[unlikely]]
            lower_and_wake(expiry);
    }

    // Returns true if a token may have expired, except while a lap is looking for such tokens.
    bool is_due(std::uint32_t now) const noexcept { return mark_.load(std::memory_order_relaxed) <= now; }

    // Waits until a token may have expired, but at least until `earliest`. Returns false as soon as a stop is
    // requested.
    [[nodiscard]] bool wait(std::stop_token const& stop, clock const& now, std::chrono::sys_seconds earliest);

private:
    static constexpr std::uint32_t never = ~std::uint32_t{0};

    void lower_and_wake(std::uint32_t expiry) noexcept;

    std::atomic<std::uint32_t> mark_{never};  // seconds since 1970
    std::mutex mutex_;                        // guards nothing but the wait
    std::condition_variable_any lowered_;
};

}  // namespace tokend
