// Uses the deprecated SHA256 functions on purpose: their EVP replacements allocate memory for every digest.
#define OPENSSL_API_COMPAT 10100

#include "token/token.hpp"

#include "base/text.hpp"

#include <endian.h>
#include <openssl/sha.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace tokend {
namespace {

using sixteen [[gnu::vector_size(16)]] = unsigned char;

// Reads sixteen hex digits in either case. Returns false if one of them is not a hex digit.
bool read_digits(char const* text, sixteen& values) noexcept
{
    sixteen digits;
    std::memcpy(&digits, text, sizeof digits);
    auto const letters = digits | 0x20;
    auto const are_numbers = (digits >= '0') & (digits <= '9');
    auto const are_letters = (letters >= 'a') & (letters <= 'f');
    values = (digits & 0xf) + (reinterpret_cast<sixteen>(are_letters) & 9);
    auto const all = std::bit_cast<std::array<std::uint64_t, 2>>(are_numbers | are_letters);
    return (all[0] & all[1]) == ~std::uint64_t{0};
}

// 0 to 63, or -1.
constexpr int base64url_value(char c) noexcept
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

static_assert(sizeof(token_key) == 16);

}  // namespace

token_text write_token(token_bits const& bits) noexcept
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    token_text text;
    auto* out = text.data();
    for (auto const byte : bits)
    {
        *out++ = digits[byte >> 4];
        *out++ = digits[byte & 15];
    }
    return text;
}

std::optional<token_bits> parse_token(std::string_view text) noexcept
{
    std::optional<token_bits> bits;  // returned without a copy, so no copy is left behind
    if (text.size() != sizeof(token_text))
        return bits;
    sixteen first, second;
    if (!read_digits(text.data(), first) || !read_digits(text.data() + sizeof first, second))
        return bits;
    auto const high = __builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    auto const low = __builtin_shufflevector(first, second, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    auto const bytes = high << 4 | low;
    std::memcpy(bits.emplace().data(), &bytes, sizeof bytes);
    return bits;
}

token_key digest(token_bits const& bits) noexcept
{
    // The padded message is one block: the bytes, a mark behind them, and their number in bits (FIPS 180-4, section
    // 5.1.1).
    token_array<unsigned char, SHA256_CBLOCK> block;
    std::copy(bits.begin(), bits.end(), block.begin());
    block[bits.size()] = 0x80;
    block.back() = static_cast<unsigned char>(8 * bits.size());
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Transform(&state, block.data());
    std::array<unsigned char, sizeof(token_key)> head;
    for (std::size_t i = 0; i < head.size(); i += sizeof(SHA_LONG))
    {
        SHA_LONG const word = ::htobe32(state.h[i / sizeof word]);
        std::memcpy(&head[i], &word, sizeof word);
    }
    wipe_object(state);
    token_key key;
    std::memcpy(&key, head.data(), sizeof key);
    return key;
}

accessor_text write_accessor(token_key key) noexcept
{
    std::array<unsigned char, sizeof key> bytes;
    std::memcpy(bytes.data(), &key, sizeof key);
    accessor_text text;
    write_base64url(bytes, text.data());
    return text;
}

std::optional<token_key> parse_accessor(std::string_view text) noexcept
{
    std::array<unsigned char, sizeof(token_key)> bytes;
    if (text.size() != sizeof(accessor_text))
        return std::nullopt;
    auto* out = bytes.data();
    unsigned held = 0;
    unsigned bits = 0;
    for (auto const c : text)
    {
        auto const value = base64url_value(c);
        if (value < 0)
            return std::nullopt;
        held = held << 6 | static_cast<unsigned>(value);
        bits += 6;
        if (bits >= 8)
            *out++ = static_cast<unsigned char>(held >> (bits -= 8));
    }
    if ((held & ((1U << bits) - 1)) != 0)
        return std::nullopt;  // one text for each key: the four bits left over are zero
    token_key key;
    std::memcpy(&key, bytes.data(), sizeof key);
    return key;
}

}  // namespace tokend
