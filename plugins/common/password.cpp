#include "common/password.hpp"

#include <crypt.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace tokend::plugin {
namespace {

struct scheme_facts
{
    hash_scheme scheme;
    std::string_view name;
    std::size_t longest_secret;
    char const* salt_prefix;  // of new hashes
    hash_cost cheapest, usual, costliest;
};

constexpr std::array<scheme_facts, 3> schemes{{
    {hash_scheme::yescrypt, "yescrypt", CRYPT_MAX_PASSPHRASE_SIZE - 1, "$y$", 1, 5, max_yescrypt_cost},
    {hash_scheme::bcrypt, "bcrypt", 72, "$2b$", 4, 12, max_bcrypt_cost},
    {hash_scheme::sha512crypt, "sha512crypt", CRYPT_MAX_PASSPHRASE_SIZE - 1, "$6$", 1000, 200'000,
     max_sha512crypt_rounds},
}};

scheme_facts const& facts_of(hash_scheme scheme) noexcept { return schemes[static_cast<std::size_t>(scheme)]; }

// Returns why a secret could never match, or null.
char const* flaw(std::string_view secret, scheme_facts const& facts) noexcept
{
    if (secret.empty())
        return "is empty";
    if (secret.find('\0') != secret.npos)
        return "contains a NUL";
    if (secret.size() > facts.longest_secret)
        return facts.scheme == hash_scheme::bcrypt ? "is longer than 72 bytes, which bcrypt would cut"
                                                   : "is longer than 511 bytes";
    return nullptr;
}

struct wiping_delete
{
    void operator()(crypt_data* data) const noexcept
    {
        ::explicit_bzero(data, sizeof *data);
        delete data;
    }
};

// Returns libcrypt's hash of the secret, cut where the scheme cuts it. libcrypt needs 32 KiB of scratch memory, which
// is on the heap and holds the only copy of the secret.
std::string hash(std::string_view secret, std::string const& setting, std::size_t longest_secret)
{
    std::unique_ptr<crypt_data, wiping_delete> const data{new crypt_data{}};
    auto const used = secret.substr(0, longest_secret);
    std::copy(used.begin(), used.end(), data->input);
    std::string hashed = ::crypt_r(data->input, setting.c_str(), data.get());
    if (hashed.starts_with('*'))
        throw std::system_error{errno, std::generic_category(), "the secret could not be hashed"};
    return hashed;
}

// Takes a time that does not depend on where the texts differ.
bool equal(std::string_view a, std::string_view b) noexcept
{
    unsigned char volatile difference = a.size() != b.size();
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
    return difference == 0;
}

std::string make_salt(scheme_facts const& facts, hash_cost cost)
{
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> salt{};
    if (::crypt_gensalt_rn(facts.salt_prefix, cost, nullptr, 0, salt.data(), static_cast<int>(salt.size())) == nullptr)
        throw std::system_error{errno, std::generic_category(), "no salt"};
    return salt.data();
}

}  // namespace

std::optional<hash_scheme> parse_hash_scheme(std::string_view name) noexcept
{
    for (auto const& facts : schemes)
        if (facts.name == name)
            return facts.scheme;
    return std::nullopt;
}

password_hash::password_hash(std::string_view text) : text_{text}
{
    if (text.starts_with('*') || text.starts_with('!'))
        return;
    if (auto const shape = recognise_hash(text))
    {
        if (shape->is_too_costly)
            throw std::invalid_argument{
                "a hash that would take too long to check; at most bcrypt of cost 16, sha512crypt of "
                "10000000 rounds, or yescrypt of cost 11 (1 GiB) was meant"};
        scheme_ = shape->scheme;
        strength_size_ = shape->strength_size;
        work_ = shape->work;
        memory_ = shape->memory;
        return;
    }
    auto const known = ::crypt_checksalt(text_.c_str());
    throw std::invalid_argument{known == CRYPT_SALT_METHOD_LEGACY
                                    ? "a hash of a weak scheme, or none; yescrypt ($y$), bcrypt ($2b$, "
                                      "$2y$, $2a$) or sha512crypt ($6$) was meant"
                                    : "no whole hash of yescrypt ($y$), bcrypt ($2b$, $2y$, $2a$) or "
                                      "sha512crypt ($6$), nor '*' or '!' for none"};
}

bool password_hash::matches(std::string_view secret) const
{
    if (locked())
        return false;
    auto const& facts = facts_of(*scheme_);
    bool const same = equal(hash(secret, text_, facts.longest_secret), text_);
    return same && flaw(secret, facts) == nullptr;
}

password_hash choose_decoy(std::span<password_hash const> hashes)
{
    auto const most = std::max_element(hashes.begin(), hashes.end(),
                                       [](auto const& a, auto const& b) { return a.work() < b.work(); });
    bool const is_any = most != hashes.end() && !most->locked();
    return is_any ? *most : password_hash{"$y$j9T$" + std::string(22, '.') + '$' + std::string(43, '.')};
}

password_hash make_hash(std::string_view secret, hash_scheme scheme, std::optional<hash_cost> cost)
{
    auto const& facts = facts_of(scheme);
    auto const wanted = cost.value_or(facts.usual);
    if (wanted < facts.cheapest || wanted > facts.costliest)
        throw std::invalid_argument{"a cost of " + std::to_string(wanted) +
                                    " is out of range: " + std::string{facts.name} + " takes " +
                                    std::to_string(facts.cheapest) + " to " + std::to_string(facts.costliest)};
    if (auto const* what = flaw(secret, facts))
        throw std::invalid_argument{std::string{"the secret "} + what};
    return password_hash{hash(secret, make_salt(facts, wanted), facts.longest_secret)};
}

}  // namespace tokend::plugin
