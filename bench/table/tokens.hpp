#pragma once

#include "table/key.hpp"

#include <chrono>
#include <cstdint>

// The tokens of all contestants: the same keys in the same order.
namespace tokend::bench {

// All tokens have the same second: the second of the start.
inline std::chrono::sys_seconds const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());

inline std::uint32_t seconds_from_now(int seconds)
{
    return static_cast<std::uint32_t>(now.time_since_epoch().count() + seconds);
}

// The value of a key, 16 bytes.
struct payload
{
    std::uint32_t expires = 0;
    std::uint32_t issued = 0;
    std::uint32_t record = 0;  // the token's number among those of its thread
    std::uint32_t spare = 0;
};

inline std::uint64_t scramble(std::uint64_t x)  // the bijection of splitmix64
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

// Maps a random number to one of `count` numbers, without a division, which would cost as much as a step of an insert.
inline std::uint64_t one_of(std::uint64_t count, std::uint64_t random)
{
    __extension__ using wide = unsigned __int128;
    return static_cast<std::uint64_t>(wide{random} * count >> 64);
}

// Keys are made as they are needed, some 3 ns each: an array of keys would cost another cache miss.
inline token_key key_of(unsigned thread, std::uint32_t number)
{
    auto const a = scramble(std::uint64_t{thread + 1} << 32 | number);
    return {a, a * 0xd1342543de82ef95 + 1};
}

// The tokens of one thread: `count` numbers that begin with `first`.
struct alignas(64) share
{
    unsigned thread = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;

    token_key key(std::uint32_t number) const { return key_of(thread, number); }
    std::uint32_t end() const { return first + count; }
};

// Unpredictable numbers from Knuth's generator, whose high bits are good.
class die
{
public:
    explicit die(std::uint64_t seed) : state_{scramble(seed + 1)} {}

    std::uint32_t below(std::uint32_t limit)
    {
        state_ = state_ * 6364136223846793005 + 1442695040888963407;
        return static_cast<std::uint32_t>((state_ >> 32) * limit >> 32);
    }

private:
    std::uint64_t state_;
};

}  // namespace tokend::bench
