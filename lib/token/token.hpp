#pragma once

#include "table/key.hpp"

#include <string.h>

#include <array>
#include <optional>
#include <string_view>

namespace tokend {

// A token is 16 random bytes. Clients hold it as 32 hex digits; we keep its key alone, from which it cannot be had back. The
// accessor is the key as text: a public handle that authenticates nobody.

// Bytes or digits of a token: wiped when they go.
template <class T, std::size_t Size>
struct token_array : std::array<T, Size>
{
    token_array() : std::array<T, Size>{} {}
    token_array(token_array const&) = default;
    token_array& operator=(token_array const&) = default;
    ~token_array() { ::explicit_bzero(this->data(), Size); }
};

using token_bits = token_array<unsigned char, 16>;

struct token_text : token_array<char, 32>
{
    std::string_view reveal() const noexcept { return {data(), size()}; }
};

struct accessor_text : std::array<char, 22>
{
    std::string_view view() const noexcept { return {data(), size()}; }
};

token_text write_token(token_bits const& bits) noexcept;  // 32 hex digits, upper case

// Nothing, unless it is 32 hex digits in either case.
std::optional<token_bits> parse_token(std::string_view text) noexcept;

// The first 128 bits of the token's SHA-256.
token_key digest(token_bits const& bits) noexcept;

accessor_text write_accessor(token_key key) noexcept;  // RFC 4648 section 5

// Nothing, unless it is what write_accessor() gives for a key.
std::optional<token_key> parse_accessor(std::string_view text) noexcept;

}  // namespace tokend
