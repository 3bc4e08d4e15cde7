#include "base/text.hpp"

#include "base/byte_class.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tokend {
namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_separator(char c) noexcept { return c == ' ' || c == '\t' || c == ','; }

struct unit
{
    std::string_view suffix;
    std::uint64_t factor;
};

// A number with one of the units after it. Returns nothing on overflow.
template <std::size_t N>
std::optional<std::uint64_t> parse_with_unit(std::string_view s, std::array<unit, N> const& units) noexcept
{
    auto const digits = std::min(s.find_first_not_of("0123456789"), s.size());
    auto const number = parse_number(s.substr(0, digits));
    auto const u =
        std::find_if(units.begin(), units.end(), [&](unit const& x) { return x.suffix == s.substr(digits); });
    std::uint64_t product = 0;
    if (!number || u == units.end() || __builtin_mul_overflow(*number, u->factor, &product))
        return std::nullopt;
    return product;
}

constexpr std::array<unit, 5> durations{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<unit, 4> sizes{{{"", 1}, {"k", 1024}, {"m", 1024 * 1024}, {"g", 1024 * 1024 * 1024}}};

// "00" to "99".
constexpr auto two_digits = [] {
    std::array<std::array<char, 2>, 100> texts{};
    for (std::size_t n = 0; n < texts.size(); ++n)
        texts[n] = {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
    return texts;
}();

}  // namespace

std::string fold(std::string_view s)
{
    std::string folded{s};
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    return folded;
}

bool equal_folded(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i]))
            return false;
    return true;
}

std::string fold_name(std::string_view s)
{
    auto const trimmed = trim(s);
    std::string name(trimmed.size(), '\0');
    auto* out = name.data();
    for (auto const c : trimmed)
        if (bool const blank = c == ' ' || c == '\t'; !blank || out[-1] != ' ')
            *out++ = blank ? ' ' : lower(c);
    name.resize(static_cast<std::size_t>(out - name.data()));
    return name;
}

std::vector<std::string_view> split_list(std::string_view s)
{
    std::vector<std::string_view> items;
    for (auto at = s.begin(); at != s.end();)
    {
        auto const first = std::find_if_not(at, s.end(), is_separator);
        at = std::find_if(first, s.end(), is_separator);
        if (first != at)
            items.emplace_back(first, at);
    }
    return items;
}

bool has_control_character(std::string_view s) noexcept
{
    return span_by_blocks(s, [](byte_block b) { return b.are_below(0x20) | b.are(0x7f); }) != s.size();
}

// The well-formed sequences of Unicode 15, table 3-7.
std::size_t utf8_character(std::string_view s) noexcept
{
    auto const byte = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0U; };
    auto const follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
        return byte(i) >= low && byte(i) <= high;
    };
    auto const first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef)
        return follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
    if (first >= 0xf0 && first <= 0xf4)
        return follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3) ? 4 : 0;
    return 0;
}

bool is_utf8(std::string_view s) noexcept
{
    for (;;)
    {
        s.remove_prefix(span_by_blocks(s, [](byte_block b) { return b.are_above(0x7f); }));  // ASCII
        if (s.empty())
            return true;
        auto const bytes = utf8_character(s);
        if (bytes == 0)
            return false;
        s.remove_prefix(bytes);
    }
}

std::string_view first_characters(std::string_view s, std::size_t most) noexcept
{
    auto const follows = [&](std::size_t at) { return at < s.size() && (s[at] & 0xc0) == 0x80; };
    auto end = std::min(most, s.size());
    for (auto const least = end < 3 ? 0 : end - 3; end > least && follows(end);)
        --end;
    return s.substr(0, end);
}

std::optional<std::uint64_t> parse_number(std::string_view s) noexcept
{
    std::uint64_t number = 0;
    auto const [end, ec] = std::from_chars(s.data(), s.data() + s.size(), number);
    if (s.empty() || ec != std::errc{} || end != s.data() + s.size())
        return std::nullopt;
    return number;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view s) noexcept
{
    auto const ms = parse_with_unit(s, durations);
    if (!ms || *ms > 1000ULL * 86'400'000)  // 1000 days: no sum of such durations overflows
        return std::nullopt;
    return std::chrono::milliseconds{*ms};
}

std::optional<std::uint64_t> parse_size(std::string_view s) noexcept { return parse_with_unit(s, sizes); }

std::optional<bool> parse_boolean(std::string_view s) noexcept
{
    if (s == "yes")
        return true;
    if (s == "no")
        return false;
    return std::nullopt;
}

std::string format_duration(std::chrono::milliseconds d)
{
    auto const ms = static_cast<std::uint64_t>(d.count());
    auto const u =
        std::find_if(durations.rbegin(), durations.rend(), [&](unit const& x) { return ms % x.factor == 0; });
    return ms == 0 ? "0s" : std::to_string(ms / u->factor) + std::string{u->suffix};
}

std::string format_rounded(std::uint64_t bytes)
{
    bool const large = bytes > 999'900'000;
    auto const tenth = large ? std::uint64_t{100'000'000} : std::uint64_t{100'000};
    auto const tenths = bytes / tenth + (bytes % tenth != 0);
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + (large ? " GB" : " MB");
}

char* write_base64url(std::span<unsigned char const> bytes, char* out) noexcept
{
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (; bytes.size() >= 3; bytes = bytes.subspan(3))
    {
        auto const held = static_cast<unsigned>(bytes[0] << 16 | bytes[1] << 8 | bytes[2]);
        *out++ = alphabet[held >> 18];
        *out++ = alphabet[held >> 12 & 63];
        *out++ = alphabet[held >> 6 & 63];
        *out++ = alphabet[held & 63];
    }
    if (bytes.empty())
        return out;
    auto const held = static_cast<unsigned>(bytes[0] << 10 | (bytes.size() == 2 ? bytes[1] << 2 : 0));
    *out++ = alphabet[held >> 12];
    *out++ = alphabet[held >> 6 & 63];
    if (bytes.size() == 2)
        *out++ = alphabet[held & 63];
    return out;
}

std::optional<std::string> parse_base64(std::string_view s)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (s.size() % 4 != 0)
        return std::nullopt;
    std::size_t const padding = s.ends_with("==") ? 2 : s.ends_with("=") ? 1 : 0;
    std::string bytes;
    unsigned held = 0;
    unsigned bits = 0;
    for (auto const c : s.substr(0, s.size() - padding))
    {
        auto const value = alphabet.find(c);
        if (value == alphabet.npos)
            return std::nullopt;
        held = held << 6 | static_cast<unsigned>(value);
        bits += 6;
        if (bits >= 8)
            bytes.push_back(static_cast<char>(held >> (bits -= 8) & 255));
    }
    if ((held & ((1U << bits) - 1)) != 0)
        return std::nullopt;  // the bits after the last byte must be zero, so that each value has one text
    return bytes;
}

rfc3339_text write_rfc3339(std::chrono::sys_seconds t) noexcept
{
    auto const day = std::chrono::floor<std::chrono::days>(t);
    std::chrono::year_month_day const date{day};
    auto const second = static_cast<unsigned>((t - day).count());
    auto const year = static_cast<unsigned>(static_cast<int>(date.year()));

    rfc3339_text text{};
    auto* out = text.data();
    auto const put = [&out](unsigned n) { out = std::copy_n(two_digits[n].begin(), 2, out); };
    auto const put_before = [&](char mark, unsigned n) {
        *out++ = mark;
        put(n);
    };
    put(year / 100 % 100);
    put(year % 100);
    put_before('-', static_cast<unsigned>(date.month()));
    put_before('-', static_cast<unsigned>(date.day()));
    put_before('T', second / 3600);
    put_before(':', second / 60 % 60);
    put_before(':', second % 60);
    *out = 'Z';
    return text;
}

std::optional<std::chrono::sys_seconds> parse_rfc3339(std::string_view text) noexcept
{
    if (text.size() != rfc3339_text{}.size())
        return std::nullopt;
    auto const number = [&](std::size_t at, std::size_t digits) {
        return static_cast<int>(parse_number(text.substr(at, digits)).value_or(0));
    };
    std::chrono::year_month_day const date{std::chrono::year{number(0, 4)},
                                           std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                           std::chrono::day{static_cast<unsigned>(number(8, 2))}};
    auto const time = std::chrono::sys_days{date} + std::chrono::hours{number(11, 2)} +
                      std::chrono::minutes{number(14, 2)} + std::chrono::seconds{number(17, 2)};
    return write_rfc3339(time).view() == text ? std::optional{time} : std::nullopt;  // so every mark is in its place
}

std::string format_rfc3339(std::chrono::sys_seconds t) { return std::string{write_rfc3339(t).view()}; }

std::string format_rfc3339(std::chrono::sys_time<std::chrono::milliseconds> t)
{
    auto const second = std::chrono::floor<std::chrono::seconds>(t);
    auto const digits = std::to_string(1000 + (t - second).count());  // four of them
    auto text = format_rfc3339(second);
    text.back() = '.';
    return text.append(digits, 1).append(1, 'Z');
}

}  // namespace tokend
