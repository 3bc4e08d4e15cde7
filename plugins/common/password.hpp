#pragma once

#include "common/hash_shape.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

// Stored passwords: the hashes of crypt(5) that are strong today, by libcrypt.
namespace tokend::plugin {

std::optional<hash_scheme> parse_hash_scheme(std::string_view name) noexcept;  // "yescrypt", "bcrypt", "sha512crypt"

// A hash as it stands in a file. Immutable; any thread.
class password_hash
{
public:
    // Throws std::invalid_argument, with what is wrong and what was meant, for a hash that could never match, that is
    // of a weak scheme, or that costs more than make_hash() makes. A text that begins with '*' or '!' is a locked hash:
    // valid, and matched by nothing.
    explicit password_hash(std::string_view text);

    bool locked() const noexcept { return !scheme_; }
    std::string const& text() const noexcept { return text_; }
    // Scheme and cost: hashes of equal strength take equally long.
    std::string_view strength() const noexcept { return std::string_view{text_}.substr(0, strength_size_); }

    // Takes as long as the hash is strong, whatever the secret; a locked hash takes no time. Never matched: an empty
    // secret, one with a NUL, and one that the scheme would cut: over 72 bytes for bcrypt, over 511 for the others.
    // Throws std::system_error when it could not be computed (no memory): an outage, not a denial.
    bool matches(std::string_view secret) const;

    bool operator==(password_hash const& other) const noexcept { return text_ == other.text_; }

private:
    std::string text_;
    std::optional<hash_scheme> scheme_;  // none: locked
    std::size_t strength_size_ = 0;
};

// The hash to check the secrets of unknown names against, so that they take as long as most of the known: the first of
// the strength that `hashes` has most of, or a yescrypt one of the default cost. Whether it matches means nothing.
password_hash choose_decoy(std::span<password_hash const> hashes);

// Number of the scheme's own scale: yescrypt 1 to 11 (5), bcrypt 4 to 16 (12), sha512crypt 1,000 to 10,000,000 rounds
// (200,000). The costliest takes seconds; the one in brackets is the default, about a tenth of a second.
using hash_cost = unsigned long;

// A new hash with a random salt. Throws std::invalid_argument for a secret that could never match, or a cost out of
// range.
password_hash make_hash(std::string_view secret, hash_scheme scheme, std::optional<hash_cost> cost = std::nullopt);

}  // namespace tokend::plugin
