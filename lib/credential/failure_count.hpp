#pragma once

#include "credential/lockout.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

// The failures of one subject, and the time that they lock it out. Values, for lockout.cpp.
namespace tokend {

// The limit of one level.
struct failure_limit
{
    std::size_t failures;
    std::chrono::seconds window;
    std::chrono::seconds time;
    bool bounds_guesses;  // that are under way
};

// A secret that is being tried.
struct tried_secret
{
    std::uint64_t secret;
    std::size_t logins;
    bool has_failed;
};

// The failures of one key.
struct failure_count
{
    std::vector<lockouts::time_point> failures{};  // within the window, the oldest first
    std::vector<tried_secret> guesses{};
    lockouts::time_point locked_until = lockouts::time_point::min();
    unsigned locks = 0;  // that came one after the other
    lockouts::time_point forgotten_at = lockouts::time_point::max();

    void forget_before(lockouts::time_point begin)
    {
        failures.erase(failures.begin(), std::upper_bound(failures.begin(), failures.end(), begin));
    }
    bool is_empty() const noexcept { return failures.empty() && guesses.empty() && locks == 0; }

    // Notes a failure. Returns how long it locks out. A login that was under way when the lock-out began changes
    // nothing.
    std::chrono::seconds add_failure(failure_limit const& most, lockouts::time_point now)
    {
        if (locked_until > now)
            return std::chrono::seconds{0};
        forget_before(now - most.window);
        failures.push_back(now);
        forgotten_at =
            std::max(now + most.window, locks > 0 ? locked_until + lockouts::longest : lockouts::time_point::min());
        if (failures.size() < most.failures)
            return std::chrono::seconds{0};
        auto time = most.time;
        for (unsigned n = 0; n < locks && time < lockouts::longest; ++n)
            time *= 2;
        time = std::min(time, std::max(lockouts::longest, most.time));
        ++locks;
        locked_until = now + time;
        forgotten_at = locked_until + lockouts::longest;
        failures.clear();
        return time;
    }
};

}  // namespace tokend
