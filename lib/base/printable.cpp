#include "base/printable.hpp"

#include "base/byte_class.hpp"
#include "base/text.hpp"

#include <cassert>

namespace tokend {
namespace {

// The code point of a character. Characters of four bytes are all printable. REQUIRES: `s` is one well-formed character
// of two or three bytes.
unsigned decode(std::string_view s) noexcept
{
    assert(s.size() == 2 || s.size() == 3);
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    return s.size() == 2 ? (byte(0) & 0x1fU) << 6 | (byte(1) & 0x3fU)
                         : (byte(0) & 0x0fU) << 12 | (byte(1) & 0x3fU) << 6 | (byte(2) & 0x3fU);
}

bool is_hidden(unsigned character) noexcept
{
    auto const between = [&](unsigned low, unsigned high) { return character >= low && character <= high; };
    return between(0x80, 0x9f) || character == 0x61c || between(0x200e, 0x200f) || between(0x2028, 0x202e) ||
           between(0x2066, 0x2069);
}

std::size_t plain_ascii(std::string_view s) noexcept
{
    return span_by_blocks(s, [](byte_block b) { return b.are_below(0x20) | b.are(0x7f) | b.are_above(0x7f); });
}

void append_code(std::string& out, unsigned character)
{
    constexpr std::string_view hex = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        out += hex[character >> shift & 15U];
}

void append_ascii(std::string& out, char c)
{
    switch (c)
    {
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    case '"':
    case '\\':
        out += '\\';
        out += c;
        return;
    default:
        if (auto const byte = static_cast<unsigned char>(c); byte < 0x20 || byte == 0x7f)
            append_code(out, byte);
        else
            out += c;
    }
}

}  // namespace

bool is_printable(std::string_view s) noexcept
{
    for (;;)
    {
        s.remove_prefix(plain_ascii(s));
        if (s.empty())
            return true;
        auto const bytes = utf8_character(s);
        if (bytes < 2 || (bytes < 4 && is_hidden(decode(s.substr(0, bytes)))))
            return false;
        s.remove_prefix(bytes);
    }
}

void append_escaped(std::string& out, std::string_view s)
{
    while (!s.empty())
    {
        auto const bytes = utf8_character(s);
        auto const character = s.substr(0, bytes == 0 ? 1 : bytes);
        if (bytes == 0)
            append_code(out, 0xfffd);
        else if (bytes == 1)
            append_ascii(out, s.front());
        else if (auto const code = bytes < 4 ? decode(character) : 0; is_hidden(code))
            append_code(out, code);
        else
            out += character;
        s.remove_prefix(character.size());
    }
}

void append_quoted(std::string& out, std::string_view s)
{
    out += '"';
    append_escaped(out, s);
    out += '"';
}

}  // namespace tokend
