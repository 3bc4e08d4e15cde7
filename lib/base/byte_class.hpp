#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tokend {

// A set of bytes, as a table of 256 entries: one load decides on one byte of a text.
class byte_class
{
public:
    // The bytes for which `holds` returns true.
    template <class Holds>
    explicit constexpr byte_class(Holds holds)
    {
        for (std::size_t i = 0; i < members_.size(); ++i)
            members_[i] = holds(static_cast<char>(i));
    }
    constexpr bool has(char c) const noexcept { return members_[static_cast<unsigned char>(c)]; }

    // Length of the longest prefix of `s` that has only bytes of this class.
    std::size_t span(std::string_view s) const noexcept
    {
        std::size_t size = 0;
        while (size < s.size() && has(s[size]))
            ++size;
        return size;
    }
    bool has_all(std::string_view s) const noexcept { return span(s) == s.size(); }

private:
    std::array<bool, 256> members_{};
};

// Sixteen bytes of a text, compared at once. They are in one register where the processor has one that wide.
class byte_block
{
public:
    static constexpr std::size_t size = 16;
    using marks [[gnu::vector_size(size)]] = signed char;  // one for each byte: all bits set, or none

    explicit byte_block(char const* text) noexcept { std::memcpy(&bytes_, text, size); }

    marks are(unsigned char c) const noexcept { return bytes_ == c; }
    marks are_below(unsigned char c) const noexcept { return bytes_ < c; }
    marks are_above(unsigned char c) const noexcept { return bytes_ > c; }

    // Returns the position of the first mark, or `size` if no byte is marked.
    static std::size_t first(marks m) noexcept
    {
#ifdef __SSE2__
        auto const bits = static_cast<unsigned>(_mm_movemask_epi8(reinterpret_cast<__m128i>(m)));
        return static_cast<std::size_t>(std::countr_zero(bits | 1U << size));
#else
        auto const halves = std::bit_cast<std::array<std::uint64_t, 2>>(m);
        return halves[0] != 0 ? place(halves[0]) : sizeof halves[0] + place(halves[1]);
#endif
    }

private:
    [[maybe_unused]] static std::size_t place(std::uint64_t half) noexcept
    {
        auto const bits = std::endian::native == std::endian::little ? std::countr_zero(half) : std::countl_zero(half);
        return static_cast<std::size_t>(bits) / 8;
    }

    [[gnu::vector_size(size)]] unsigned char bytes_;
};

// As span_by_blocks(). Copies the two ends of `s` side by side into one block. If they overlap, a byte that is in both
// is found in the first. REQUIRES: Half <= s.size() <= 2 * Half.
template <std::size_t Half, class Others>
std::size_t span_by_halves(std::string_view s, Others others) noexcept
{
    assert(Half <= s.size() && s.size() <= 2 * Half);
    std::array<char, byte_block::size> halves{};
    std::memcpy(halves.data(), s.data(), Half);
    std::memcpy(halves.data() + Half, s.data() + s.size() - Half, Half);
    auto const first = byte_block::first(others(byte_block{halves.data()}));
    return first < Half ? first : std::min(s.size(), first + s.size() - 2 * Half);
}

// As span_by_blocks(). REQUIRES: `s` is shorter than a block.
template <class Others>
[[gnu::noinline]] std::size_t span_in_block(std::string_view s, Others others) noexcept
{
    assert(s.size() < byte_block::size);
    if (s.size() >= 8)
        return span_by_halves<8>(s, others);
    if (s.size() >= 4)
        return span_by_halves<4>(s, others);
    if (s.size() >= 2)
        return span_by_halves<2>(s, others);
    return s.empty() ? 0 : span_by_halves<1>(s, others);
}

// Length of the longest prefix of `s` in which `others` marks no byte. `others` takes a byte_block and returns its
// marks.
template <class Others>
std::size_t span_by_blocks(std::string_view s, Others others) noexcept
{
    constexpr auto size = byte_block::size;
    if (s.size() < size)
        return span_in_block(s, others);
    for (std::size_t at = 0;; at = std::min(at + size, s.size() - size))  // the last block overlaps the one before
    {
        auto const first = byte_block::first(others(byte_block{s.data() + at}));
        if (first != size || at + size == s.size())
            return at + first;
    }
}

}  // namespace tokend
