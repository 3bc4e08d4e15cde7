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

// The highest costs that are taken, which are the highest that `tokenctl` makes. A check at these costs takes seconds;
// one line of a far higher cost would hold the threads that hash for hours.
inline constexpr unsigned long max_bcrypt_cost = 16;
inline constexpr unsigned long max_sha512crypt_rounds = 10'000'000;
inline constexpr unsigned long max_yescrypt_cost = 11;
inline constexpr std::uint64_t max_yescrypt_bytes = std::uint64_t{1} << 30;  // cost 11: memory, times passes over it

struct hash_shape
{
    hash_scheme scheme;
    std::size_t strength_size;  // how many of the first characters say scheme and cost
    bool is_too_costly;
};

// What a whole hash is, by the formats of crypt(5). libcrypt itself looks at the prefix only, and makes a hash of any
// rest.
std::optional<hash_shape> recognise_hash(std::string_view text) noexcept;

}  // namespace tokend::plugin
