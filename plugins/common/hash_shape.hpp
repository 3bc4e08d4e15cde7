#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tokend::plugin {

enum class hash_scheme
{
    yescrypt,    // $y$
    bcrypt,      // $2b$, and $2y$ and $2a$ as htpasswd writes them
    sha512crypt  // $6$
};

// The highest costs that are accepted; `tokenctl` makes none higher. A check at these costs takes seconds. One line
// with a far higher cost would occupy the hashing threads for hours.
inline constexpr unsigned long max_bcrypt_cost = 16;
inline constexpr unsigned long max_sha512crypt_rounds = 10'000'000;
inline constexpr unsigned long max_yescrypt_cost = 11;
inline constexpr std::uint64_t max_yescrypt_bytes = std::uint64_t{1} << 30;  // of cost 11: memory times passes over it

struct hash_shape
{
    hash_scheme scheme;
    std::size_t strength_size;  // length of the prefix that gives scheme and cost
    std::uint64_t work;         // of one check: about as many microseconds on a processor of 2022
    std::uint64_t memory;       // of one check, in bytes; 0: next to none
    bool is_too_costly;
};

// Recognises a complete hash by the formats of crypt(5). Returns nothing for any other text, which includes a hash with
// a salt or a digest that libcrypt never makes. libcrypt itself does not check whether a hash is complete.
[[nodiscard]] std::optional<hash_shape> recognise_hash(std::string_view text) noexcept;

}  // namespace tokend::plugin
