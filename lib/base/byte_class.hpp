#pragma once

#include <algorithm>
#include <array>
#include <bit>
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

    explicit byte_word(char const* text) noexcept
    {
        std::memcpy(&bytes_, text, size);
        if constexpr (std::endian::native == std::endian::big)
            bytes_ = __builtin_bswap64(bytes_);
    }

    // Where the first of such bytes is, by place(); nothing else of the marks is certain.
    using marks = std::uint64_t;
    marks are(unsigned char c) const noexcept { return are_below(1, bytes_ ^ each(c)); }
    marks are_below(unsigned char c) const noexcept { return are_below(c, bytes_); }  // REQUIRES: c <= 0x80
    marks are_not_ascii() const noexcept { return bytes_ & each(0x80); }
    static std::size_t place(marks m) noexcept { return static_cast<std::size_t>(std::countr_zero(m)) / 8; }

private:
    static constexpr std::uint64_t each(unsigned char c) noexcept { return c * 0x0101010101010101U; }
    static constexpr marks are_below(unsigned char c, std::uint64_t bytes) noexcept
    {
        return (bytes - each(c)) & ~bytes & each(0x80);
    }

    std::uint64_t bytes_;
};

// How many bytes `s` begins with are all of the class, of which `others` marks the bytes of a word that are not.
template <class Others>
std::size_t span_by_words(std::string_view s, byte_class const& all, Others others) noexcept
{
    std::size_t at = 0;
    for (; at + byte_word::size <= s.size(); at += byte_word::size)
        if (auto const marks = others(byte_word{s.data() + at}); marks != 0)
            return at + byte_word::place(marks);
    return at + all.span(s.substr(at));
}

}  // namespace tokend
