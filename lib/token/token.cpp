// The functions of EVP that stand in the place of SHA256_Init() and its like allocate at each digest.
#define OPENSSL_API_COMPAT 10100

#include "token/token.hpp"

#include "base/text.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

namespace tokend {
namespace {

// 0 to 15, or -1.
constexpr auto hex_values = [] {
    std::array<signed char, 256> values{};
    values.fill(-1);
    for (unsigned i = 0; i < 10; ++i)
        values['0' + i] = static_cast<signed char>(i);
    for (unsigned i = 0; i < 6; ++i)
        values['A' + i] = values['a' + i] = static_cast<signed char>(10 + i);
    return values;
}();
constexpr int hex_value(char c) noexcept { return hex_values[static_cast<unsigned char>(c)]; }

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
    std::optional<token_bits> bits;  // returned where it stands: no copy is left behind
    if (text.size() != sizeof(token_text))
        return bits;
    bits.emplace();
    int all = 0;  // negative as soon as one of the digits is none
    for (std::size_t i = 0; i < bits->size(); ++i)
    {
        auto const high = hex_value(text[2 * i]);
        auto const low = hex_value(text[2 * i + 1]);
        all |= high | low;
        (*bits)[i] = static_cast<unsigned char>(high << 4 | low);
    }
    if (all < 0)
        bits.reset();
    return bits;
}

token_key digest(token_bits const& bits) noexcept
{
    // All of the padded message is one block: the bytes, the mark behind them, their number in bits (FIPS 180-4, section 5.1.1).
    token_array<unsigned char, SHA256_CBLOCK> block;
    std::copy(bits.begin(), bits.end(), block.begin());
    block[bits.size()] = 0x80;
    block.back() = static_cast<unsigned char>(8 * bits.size());
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Transform(&state, block.data());
    std::array<unsigned char, sizeof(token_key)> head;
    for (std::size_t i = 0; i < head.size(); ++i)
        head[i] = static_cast<unsigned char>(state.h[i / 4] >> (24 - 8 * (i % 4)));
    ::explicit_bzero(&state, sizeof state);
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
