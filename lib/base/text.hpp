#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Small pure functions on text. Those called parse_* return nothing for bad input; they never guess.
namespace tokend {

// In lower case. ASCII only: bytes outside A-Z stay as they are.
std::string fold(std::string_view s);
bool equal_folded(std::string_view a, std::string_view b) noexcept;

inline std::string_view trim(std::string_view s) noexcept  // removes blanks and tabs at both ends
{
    auto const is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!s.empty() && is_blank(s.front()))
        s.remove_prefix(1);
    while (!s.empty() && is_blank(s.back()))
        s.remove_suffix(1);
    return s;
}

// The form of a name that lock-out compares: trimmed, folded, every run of blanks and tabs inside one blank.
std::string fold_name(std::string_view s);

// The items between blanks, tabs and commas, without empty ones.
std::vector<std::string_view> split_list(std::string_view s);

// The words with `separator` between them, each of them between `before` and `after`.
template <class Words>
std::string join(Words const& words, std::string_view separator, std::string_view before = {},
                 std::string_view after = {})
{
    std::string all;
    bool is_first = true;
    for (std::string_view const word : words)
        all.append(std::exchange(is_first, false) ? std::string_view{} : separator)
            .append(before)
            .append(word)
            .append(after);
    return all;
}

// Returns true if a byte of `s` is U+0000-001F or U+007F.
bool has_control_character(std::string_view s) noexcept;

// The size in bytes of the UTF-8 character at the front of `s`, or 0 if it is not well-formed.
std::size_t utf8_character(std::string_view s) noexcept;

// Returns true if `s` is well-formed UTF-8 (RFC 3629): without surrogates and overlong forms.
bool is_utf8(std::string_view s) noexcept;

// The first characters of `s`, `most` bytes at most. Cuts no character of well-formed UTF-8.
std::string_view first_characters(std::string_view s, std::size_t most) noexcept;

std::optional<std::uint64_t> parse_number(std::string_view s) noexcept;                // decimal digits only
std::optional<std::chrono::milliseconds> parse_duration(std::string_view s) noexcept;  // 250ms, 30s, 15m, 8h, 1d
std::optional<std::uint64_t> parse_size(std::string_view s) noexcept;  // 4096, 64k, 16m, 1g (powers of 1024)
std::optional<bool> parse_boolean(std::string_view s) noexcept;        // yes, no

std::string format_duration(std::chrono::milliseconds d);  // the largest unit that divides it: 90s, 15m
std::string format_rounded(std::uint64_t bytes);           // upwards to a tenth: 1.2 GB, 17.0 MB (powers of 1000)

// RFC 4648 section 5, without padding: 16 bytes become 22 characters. Returns the end of what was written. REQUIRES:
// `out` has room for (4n + 2) / 3 characters.
char* write_base64url(std::span<unsigned char const> bytes, char* out) noexcept;
std::optional<std::string> parse_base64(std::string_view s);  // section 4, padding required

// RFC 3339, UTC, whole seconds: 2026-11-24T05:51:00Z. REQUIRES: the year is 0 to 9999.
struct rfc3339_text : std::array<char, 20>
{
    std::string_view view() const noexcept { return {data(), size()}; }
};
rfc3339_text write_rfc3339(std::chrono::sys_seconds t) noexcept;
std::string format_rfc3339(std::chrono::sys_seconds t);
std::string format_rfc3339(std::chrono::sys_time<std::chrono::milliseconds> t);  // 2026-11-24T05:51:00.007Z
// Returns nothing for any text that write_rfc3339() does not write.
std::optional<std::chrono::sys_seconds> parse_rfc3339(std::string_view text) noexcept;

}  // namespace tokend
