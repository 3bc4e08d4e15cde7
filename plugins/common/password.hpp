#pragma once

#include "common/hash_shape.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

// Stored passwords: those hashes of crypt(5) that are strong today, computed by libcrypt.
namespace tokend::plugin {

[[nodiscard]] std::optional<hash_scheme> parse_hash_scheme(
    std::string_view name) noexcept;  // "yescrypt", "bcrypt", "sha512crypt"

// A hash as a file holds it. Immutable; thread-safe.
class password_hash
{
public:
    // Throws std::invalid_argument for a hash that could never match, that is of a weak scheme, or that costs more than
    // make_hash() allows; what() names the mistake and what was meant. A text that begins with '*' or '!' is a locked
    // hash: valid, but no secret matches it.
    explicit password_hash(std::string_view text);

    bool locked() const noexcept { return !scheme_; }
    std::string const& text() const noexcept { return text_; }
    // The prefix that gives scheme and cost. Hashes of equal strength take equally long.
    std::string_view strength() const noexcept { return std::string_view{text_}.substr(0, strength_size_); }

    // Takes a time that depends on the strength of the hash, not on the secret; a locked hash takes none. Returns false
    // for an empty secret, one with a NUL, and one that the scheme would cut: over 72 bytes for bcrypt, over 511 for
    // the others. Throws std::system_error if the hash cannot be computed (no memory): an outage, not a denial.
    [[nodiscard]] bool matches(std::string_view secret) const;

    std::uint64_t work() const noexcept { return work_; }      // see hash_shape; zero if locked
    std::uint64_t memory() const noexcept { return memory_; }  // of matches(), in bytes

    bool operator==(password_hash const& other) const noexcept { return text_ == other.text_; }

private:
    std::string text_;
    std::optional<hash_scheme> scheme_;  // empty if locked
    std::size_t strength_size_ = 0;
    std::uint64_t work_ = 0;
    std::uint64_t memory_ = 0;
};

// Returns the hash that secrets of unknown names are checked against, so that these take as long as the names that take
// longest: the costliest of the hashes, or without any a yescrypt hash of the default cost. The result of such a check
// means nothing.
[[nodiscard]] password_hash choose_decoy(std::span<password_hash const> hashes);

// On the scheme's own scale: yescrypt 1 to 11 (5), bcrypt 4 to 16 (12), sha512crypt 1,000 to 10,000,000 rounds
// (200,000). The highest takes seconds. The default, in brackets, takes about a tenth of a second.
using hash_cost = unsigned long;

// Returns a new hash with a random salt. Throws std::invalid_argument for a secret that could never match, and for a
// cost out of range.
[[nodiscard]] password_hash make_hash(std::string_view secret, hash_scheme scheme,
                                      std::optional<hash_cost> cost = std::nullopt);

}  // namespace tokend::plugin
