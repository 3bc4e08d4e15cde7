#pragma once

#include <chrono>
#include <cstdint>

namespace tokend {

// The table's time: 32 bits of Unix seconds.
inline std::uint32_t narrow(std::chrono::sys_seconds t) noexcept
{
    return static_cast<std::uint32_t>(t.time_since_epoch().count());
}
inline std::chrono::sys_seconds widen(std::uint32_t t) noexcept
{
    return std::chrono::sys_seconds{std::chrono::seconds{t}};
}

// A slot's state in one word, so that it changes at once: expiry 32 (high) | issue 24 | version 8 (low).
//
//   EMPTY  0 | 0 | v      free
//   BUSY   0 | 1 | v      owned by the one thread whose compare-exchange made it so
//   LIVE   e | i | v      e > 0: a token; expired is not a state, but LIVE with an expiry that has come
//
// Expiry is in Unix seconds (until 2106), issue the low 24 bits of Unix seconds. The version grows by one with each
// claim, and when a token gets another record.
class life_word
{
public:
    // Issue and expiry of a token are less than this apart, in seconds, so the low bits are enough to know the issue.
    static constexpr std::uint32_t issue_span = 1U << 24;

    constexpr life_word() = default;
    constexpr explicit life_word(std::uint64_t bits) noexcept : bits_{bits} {}

    constexpr std::uint64_t bits() const noexcept { return bits_; }
    constexpr std::uint32_t expiry() const noexcept { return static_cast<std::uint32_t>(bits_ >> 32); }
    constexpr bool live() const noexcept { return expiry() != 0; }
    constexpr bool empty() const noexcept { return bits_ >> 8 == 0; }
    constexpr bool expired(std::uint32_t now) const noexcept { return live() && expiry() <= now; }

    // The last second not after the expiry that ends in the bits kept.
    constexpr std::uint32_t issued() const noexcept
    {
        return expiry() - ((expiry() - static_cast<std::uint32_t>(bits_ >> 8)) % issue_span);
    }

    constexpr life_word claimed() const noexcept { return life_word{busy | ((bits_ + 1) & version)}; }
    constexpr life_word taken() const noexcept { return life_word{busy | (bits_ & version)}; }
    constexpr life_word given() const noexcept { return life_word{bits_ & version}; }
    constexpr life_word published(std::uint32_t issue, std::uint32_t expiry) const noexcept
    {
        return life_word{std::uint64_t{expiry} << 32 | std::uint64_t{issue % issue_span} << 8 | (bits_ & version)};
    }
    constexpr life_word renamed() const noexcept { return life_word{(bits_ & ~version) | ((bits_ + 1) & version)}; }
    constexpr life_word extended(std::uint32_t expiry) const noexcept
    {
        return life_word{std::uint64_t{expiry} << 32 | (bits_ & 0xffff'ffff)};
    }

    bool operator==(life_word const&) const = default;

private:
    static constexpr std::uint64_t version = 0xff;
    static constexpr std::uint64_t busy = 1U << 8;

    std::uint64_t bits_ = 0;
};

}  // namespace tokend
