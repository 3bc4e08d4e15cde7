#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace tokend {

// How long logins took during the last two minutes: a histogram whose steps are eight to an octave, from a microsecond
// to half a minute. Thread-safe.
class login_times
{
public:
    using time_point = std::chrono::steady_clock::time_point;

    void add(std::chrono::nanoseconds time, time_point now)
    {
        std::lock_guard const lock{mutex_};
        turn(now);
        ++recent_[step_of(time)];
    }

    // Returns a time within which at least 99 of 100 logins were over, at most an eighth above the least such time. Of
    // fewer logins it is the time of the longest one, and zero where there was none.
    std::chrono::nanoseconds most(time_point now)
    {
        std::lock_guard const lock{mutex_};
        turn(now);
        std::size_t all = 0;
        for (std::size_t i = 0; i < steps; ++i)
            all += recent_[i] + before_[i];
        std::size_t above = 0;
        for (std::size_t i = steps; i-- > 0;)
        {
            above += recent_[i] + before_[i];
            if (above > all / 100)
                return end_of(i);
        }
        return std::chrono::nanoseconds::zero();
    }

private:
    static constexpr std::size_t per_octave = 8;
    static constexpr std::size_t steps = 25 * per_octave;
    static constexpr std::chrono::seconds period{60};
    using histogram = std::array<std::uint32_t, steps>;

    // Times below eight microseconds have a step each.
    static std::size_t step_of(std::chrono::nanoseconds time) noexcept
    {
        auto const us = static_cast<std::uint64_t>(
            std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(time).count()));
        if (us < per_octave)
            return us;
        auto const octave = static_cast<std::size_t>(std::bit_width(us)) - 4;
        return std::min<std::size_t>(steps - 1, (octave + 1) * per_octave + ((us >> octave) - per_octave));
    }
    static std::chrono::nanoseconds end_of(std::size_t step) noexcept
    {
        auto const octave = step < per_octave ? 0 : step / per_octave - 1;
        auto const begin = step < per_octave ? step : per_octave + step % per_octave;
        return std::chrono::microseconds{(begin + 1) << octave};
    }

    void turn(time_point now)
    {
        if (now - begun_ < period)
            return;
        before_ = now - begun_ < 2 * period ? recent_ : histogram{};
        recent_ = {};
        begun_ = now;
    }

    std::mutex mutex_;  // guards all below
    histogram recent_{};
    histogram before_{};
    time_point begun_{};
};

}  // namespace tokend
