#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tokend::exploration {

inline constexpr std::size_t cells = 56;  // places of atomics, whole words of bytes; a set of them fits a word
inline constexpr std::size_t most_threads = 3;
inline constexpr std::size_t most_operations = 5;  // of a thread

// What an atomic is for.
enum class word : std::uint8_t
{
    a,
    b,
    life,
    number,  // of the record
    counter,
    record,
    guard,  // the test's own: see places
    stripe,
    listed,
    mark,
    credits
};

enum class action : std::uint8_t
{
    load,
    store,
    add,
    exchange,
    compare,  // and exchange
    lock      // waits for 0, leaves 1
};

// One atomic step, before it is done.
struct atomic_step
{
    action what = action::load;
    word of = word::a;
    word after = word::a;  // what the operation's last step was on
    std::uint8_t cell = 0;
    std::memory_order order = std::memory_order_relaxed;
    std::memory_order failure = std::memory_order_relaxed;  // of a comparison
    std::uint64_t value = 0;                                // to be stored, added, exchanged for
    std::uint64_t expected = 0;                             // by a comparison

    bool writes() const noexcept { return what != action::load; }  // or may
};

}  // namespace tokend::exploration
