#pragma once

#include "table/key.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

namespace tokend {

// A token is 16 random bytes. Clients hold it as 32 hex digits; we keep only its key, from which the token cannot be
// recovered. The accessor is the key as text: a public handle that authenticates nobody.

// Like explicit_bzero(3), for objects of a size that the compiler knows: a few stores and no call.
template <class T>
void wipe_object(T& held) noexcept
{
    static_assert(std::is_trivially_copyable_v<T>);
    std::memset(&held, 0, sizeof held);
    asm volatile("" : : "r"(&held) : "memory");  // so the compiler keeps the stores
}

// The bytes or digits of a token. Wiped on destruction.
template <class T, std::size_t Size>
struct token_array : std::array<T, Size>
{
    token_array() : std::array<T, Size>{} {}
    token_array(token_array const&) = default;
    token_array& operator=(token_array const&) = default;
    ~token_array() { wipe_object(static_cast<std::array<T, Size>&>(*this)); }
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

// Returns nothing unless the text is 32 hex digits in either case.
std::optional<token_bits> parse_token(std::string_view text) noexcept;

// The first 128 bits of the token's SHA-256.
token_key digest(token_bits const& bits) noexcept;

accessor_text write_accessor(token_key key) noexcept;  // RFC 4648 section 5

// Returns nothing unless the text is what write_accessor() returns for a key.
std::optional<token_key> parse_accessor(std::string_view text) noexcept;

}  // namespace tokend
