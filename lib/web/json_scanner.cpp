#include "web/json_scanner.hpp"

#include "base/byte_class.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace tokend {
namespace {

// How many bytes `s` begins with are characters that stand for themselves in a string, one byte each.
std::size_t plain_size(std::string_view s) noexcept
{
    return span_by_blocks(
        s, [](byte_block b) { return b.are_below(0x20) | b.are('"') | b.are('\\') | b.are_above(0x7f); });
}

void append_utf8(text_buffer& out, unsigned point)
{
    auto const byte = [](unsigned b) { return static_cast<char>(static_cast<unsigned char>(b)); };
    auto const tail = [&](unsigned shift) { return byte(0x80 | (point >> shift & 0x3f)); };
    if (point < 0x80)
        out.append(byte(point));
    else if (point < 0x800)
        out.append(byte(0xc0 | point >> 6), tail(0));
    else if (point < 0x10000)
        out.append(byte(0xe0 | point >> 12), tail(6), tail(0));
    else
        out.append(byte(0xf0 | point >> 18), tail(12), tail(6), tail(0));
}

}  // namespace

// REQUIRES: so many are left.
inline std::string_view json_scanner::take_bytes(std::size_t n) noexcept
{
    std::string_view const bytes{rest_.data(), n};
    rest_.remove_prefix(n);
    return bytes;
}

inline std::string_view json_scanner::take_plain() noexcept { return take_bytes(plain_size(rest_)); }

// A character of several bytes. Empty: it is none.
std::string_view json_scanner::take_wide() noexcept
{
    auto const bytes = at_end() ? 0 : utf8_character(rest_);
    return take_bytes(bytes > 1 ? bytes : 0);
}

bool json_scanner::take_digits() noexcept
{
    return !take_bytes(std::min(rest_.find_first_not_of("0123456789"), rest_.size())).empty();
}

bool json_scanner::take_number() noexcept
{
    take('-');
    if (!take('0') && !take_digits())
        return false;
    if (take('.') && !take_digits())
        return false;
    if (!take('e') && !take('E'))
        return true;
    if (!take('+'))
        take('-');
    return take_digits();
}

bool json_scanner::take_string(std::string_view& text)
{
    if (!take('"'))
        return false;
    for (auto const begun = rest_;;)
    {
        take_plain();
        text = {begun.data(), begun.size() - rest_.size()};
        if (take('"'))
            return true;
        if (front() == '\\')
            return take_escaped(text);
        if (take_wide().empty())
            return false;
    }
}

// The rest of a string from its first escape on; `text` is what stands before, and then all of it.
bool json_scanner::take_escaped(std::string_view& text)
{
    auto const before = unescaped_->size();
    for (unescaped_->append(text); !take('"');)
    {
        auto const plain = take_plain();
        auto const wide = take_wide();
        unescaped_->append(plain, wide);
        bool const went_on = !plain.empty() || !wide.empty() || (take('\\') && take_escape());
        if (!went_on)
            return false;
    }
    text = unescaped_->view().substr(before);
    return true;
}

bool json_scanner::take_escape()
{
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    if (take('u'))
        return take_code_point();
    auto const letter = letters.find(front());
    if (letter == letters.npos)
        return false;
    rest_.remove_prefix(1);
    unescaped_->append(meant[letter]);
    return true;
}

// One UTF-16 code unit, or the two of a surrogate pair.
bool json_scanner::take_code_point()
{
    auto const is_between = [](unsigned low, unsigned unit, unsigned high) { return low <= unit && unit <= high; };
    unsigned point = 0;
    if (!take_code_unit(point) || is_between(0xdc00, point, 0xdfff))
        return false;
    if (is_between(0xd800, point, 0xdbff))
    {
        unsigned second = 0;
        if (!take("\\u") || !take_code_unit(second) || !is_between(0xdc00, second, 0xdfff))
            return false;
        point = 0x10000 + ((point - 0xd800) << 10) + (second - 0xdc00);
    }
    append_utf8(*unescaped_, point);
    return true;
}

bool json_scanner::take_code_unit(unsigned& unit) noexcept
{
    auto const digits = take_bytes(std::min<std::size_t>(rest_.size(), 4));
    auto const* const end = digits.data() + digits.size();
    return digits.size() == 4 && std::from_chars(digits.data(), end, unit, 16).ptr == end;
}

}  // namespace tokend
