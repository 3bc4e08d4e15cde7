#pragma once

#include <chrono>
#include <thread>

namespace tokend::test {

// How much slower everything may be under a sanitizer.
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

// When a test gives up what takes so long on an idle machine: in four times as long, as others work beside the tests.
inline deadline within(std::chrono::milliseconds time)
{
    return std::chrono::steady_clock::now() + 4 * patience * time;
}

// Returns false if the condition has not come true within 15 s: for effects of another process that nothing announces.
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
