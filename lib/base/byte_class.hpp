#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tokend {

// Some of the 256 bytes, as a table: one load for each byte of a text.
class byte_class
{
public:
    // Those for which `holds` is true.
    template <class Holds>
    explicit constexpr byte_class(Holds holds)
    {
        for (std::size_t i = 0; i < members_.size(); ++i)
            members_[i] = holds(static_cast<char>(i));
    }
    constexpr bool has(char c) const noexcept { return members_[static_cast<unsigned char>(c)]; }

    // How many bytes `s` begins with are all of them.
    std::size_t span(std::string_view s) const noexcept
    {
        auto const outside = [this](char c) { return !has(c); };
        return static_cast<std::size_t>(std::find_if(s.begin(), s.end(), outside) - s.begin());
    }
    bool has_all(std::string_view s) const noexcept { return span(s) == s.size(); }

private:
    std::array<bool, 256> members_{};
};

// Eight bytes of a text at once (Warren, Hacker's Delight, 6-1).
class byte_word
{
public:
    static constexpr std::size_t size = sizeof(std::uint64_t);

    explicit byte_word(char const* text) noexcept { std::memcpy(&bytes_, text, size); }

    bool has(unsigned char c) const noexcept { return has_zero(bytes_ ^ each(c)); }
    // REQUIRES: c <= 0x80
    bool has_below(unsigned char c) const noexcept { return ((bytes_ - each(c)) & ~bytes_ & each(0x80)) != 0; }

private:
    static constexpr std::uint64_t each(unsigned char c) noexcept { return c * 0x0101010101010101U; }
    static constexpr bool has_zero(std::uint64_t bytes) noexcept
    {
        return ((bytes - each(1)) & ~bytes & each(0x80)) != 0;
    }

    std::uint64_t bytes_;
};

}  // namespace tokend
