#include "access_token/code_key.hpp"

#include <openssl/evp.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tokend::plugin {
namespace {

constexpr std::string_view prefix = "$hmac-sha256$";
constexpr std::size_t digest_bytes = 32;
constexpr std::string_view digits = "0123456789abcdef";

// Returns 16 for a character that is not a hex digit.
constexpr unsigned value_of(char c) noexcept
{
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    auto const lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a') + 10 : 16;
}

bool is_hex(std::string_view text) noexcept
{
    return text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), [](char c) { return value_of(c) < 16; });
}

std::string from_hex(std::string_view text)
{
    std::string bytes(text.size() / 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(value_of(text[2 * i]) << 4 | value_of(text[2 * i + 1]));
    return bytes;
}

}  // namespace

code_key::code_key(std::string_view text) : bytes_{is_hex(text) ? from_hex(text) : std::string{text}}
{
    if (bytes_.size() < min_bytes)
        throw std::invalid_argument{"key: " + std::to_string(bytes_.size()) +
                                    " bytes, at least 32 were meant: 64 hex digits, or 32 bytes of another kind"};
}

code_key::~code_key() { ::explicit_bzero(bytes_.data(), bytes_.size()); }

std::string code_key::digest(std::string_view code) const
{
    std::array<unsigned char, digest_bytes> mac{};
    std::size_t size = 0;
    if (::EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, bytes_.data(), bytes_.size(),
                    reinterpret_cast<unsigned char const*>(code.data()), code.size(), mac.data(), mac.size(),
                    &size) == nullptr ||
        size != mac.size())
        throw std::runtime_error{"the code could not be digested"};
    std::string text{prefix};
    for (auto const byte : mac)
        text.append({digits[byte >> 4], digits[byte & 15]});
    return text;
}

bool is_code_digest(std::string_view text) noexcept
{
    return text.size() == prefix.size() + 2 * digest_bytes && text.starts_with(prefix) &&
           text.find_first_not_of(digits, prefix.size()) == text.npos;
}

std::string_view digest_digits(std::string_view digest) noexcept { return digest.substr(prefix.size()); }

std::string digest_of(std::string_view hex_digits) { return std::string{prefix}.append(hex_digits); }

}  // namespace tokend::plugin
