#pragma once

#include <chrono>
#include <thread>

namespace tokend::test {

// The factor by which a sanitizer may slow everything down.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int patience = 10;
#else
inline constexpr int patience = 1;
#endif

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool under_address_sanitizer = true;
#else
inline constexpr bool under_address_sanitizer = false;
#endif

using deadline = std::chrono::steady_clock::time_point;

// The time after which a test gives up on work that takes `time` on an idle machine: four times as long, because the
// machine is shared.
inline deadline within(std::chrono::milliseconds time)
{
    return std::chrono::steady_clock::now() + 4 * patience * time;
}

// Waits for an effect of another process that nothing announces. Returns false if the condition is still false after
// 15 s.
template <class Condition>
bool eventually(Condition condition)
{
    auto const end = within(std::chrono::seconds{15});
    while (!condition())
    {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return true;
}

}  // namespace tokend::test
