#pragma once

#include <string>
#include <string_view>

namespace tokend::plugin {

// The key with which authentication codes are digested. A code is name and secret in one, so it is looked up by its
// digest; without the key the table of digests is useless. Wiped on destruction. Thread-safe.
class code_key
{
public:
    // Hex digits are decoded; any other text is taken as it is. Throws std::invalid_argument if the key has fewer than
    // min_bytes.
    explicit code_key(std::string_view text);
    code_key(code_key const&) = delete;
    code_key& operator=(code_key const&) = delete;
    ~code_key();

    // HMAC-SHA256 as the table holds it: "$hmac-sha256$" and 64 lower-case hex digits.
    [[nodiscard]] std::string digest(std::string_view code) const;

    static constexpr std::size_t min_bytes = 32;

private:
    std::string bytes_;
};

[[nodiscard]] bool is_code_digest(std::string_view text) noexcept;

// The hex digits of a digest, and the digest with these digits. REQUIRES: is_code_digest(digest).
std::string_view digest_digits(std::string_view digest) noexcept;
std::string digest_of(std::string_view hex_digits);

}  // namespace tokend::plugin
