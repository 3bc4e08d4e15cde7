#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tokend::plugin {

enum class hash_scheme
{
    yescrypt,    // $y$
    bcrypt,      // $2b$, and $2y$ and $2a$ as htpasswd writes them
    sha512crypt  // $6$
};

struct hash_shape
{
    hash_scheme scheme;
    std::size_t strength_size;  // how many of the first characters say scheme and cost
};

// What a whole hash is, by the formats of crypt(5). libcrypt itself looks at the prefix only, and makes a hash of any
// rest.
std::optional<hash_shape> recognise_hash(std::string_view text) noexcept;

}  // namespace tokend::plugin
