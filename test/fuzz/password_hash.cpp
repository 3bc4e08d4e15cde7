#include "fuzz/password_hash.hpp"

#include "common/password.hpp"
#include "fuzz/expect.hpp"

#include <crypt.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace tokend::test {
namespace {

using namespace plugin;

// Returns true if libcrypt computes such a hash in about a millisecond.
bool is_cheap(std::string_view strength)
{
    if (strength.starts_with("$2"))
        return strength.substr(4) == "04$";
    if (strength.starts_with("$6$"))
        return strength.starts_with("$6$rounds=1") && strength.size() == std::string_view{"$6$rounds=1000$"}.size();
    // $y$, flavor, N up to 2^8 and r up to 32, one character each.
    return strength.size() == 7 && strength[4] <= '5' && strength[5] <= 'T';
}

std::size_t digest_size(hash_scheme scheme)
{
    switch (scheme)
    {
    case hash_scheme::yescrypt:
        return 43;
    case hash_scheme::bcrypt:
        return 31;
    case hash_scheme::sha512crypt:
        break;
    }
    return 86;
}

void check_computed(std::string const& text, hash_shape const& shape)
{
    static auto const data = std::make_unique<crypt_data>();
    std::string const computed = ::crypt_r("secret", text.c_str(), data.get());
    expect(!computed.starts_with('*'), "libcrypt computes such a hash");
    expect(computed.size() == text.size(), "the hash is whole");
    auto const salted = text.size() - digest_size(shape.scheme);
    expect(computed.substr(0, salted) == text.substr(0, salted), "the salt is one that a hash has");
}

std::optional<std::string> error_of(std::string const& text)
try
{
    password_hash const made{text};
    expect(made.text() == text, "a hash is kept as it is");
    return std::nullopt;
}
catch (std::invalid_argument const& e)
{
    return e.what();
}

}  // namespace

void read_password_hash(std::string_view bytes)
{
    std::string const text{bytes};
    auto const shape = recognise_hash(text);
    bool const is_locked = text.starts_with('*') || text.starts_with('!');
    auto const error = error_of(text);
    expect(error.has_value() == (!is_locked && (!shape || shape->is_too_costly)), "what is a hash is accepted");
    bool const is_long = text.size() >= 20 && text.find(' ') == text.npos;  // no word of the error itself
    expect(!error || !is_long || error->find(text) == error->npos, "an error does not hold the hash");
    if (!shape)
        return;
    expect(shape->strength_size < text.size(), "the strength is a part of the hash");
    for (std::size_t size = 0; size < text.size(); ++size)
        expect(!recognise_hash(text.substr(0, size)), "a part of a hash is none");
    for (char const c : {'.', 'x', '$', ' ', '\0'})
        expect(!recognise_hash(text + c), "more than a hash is none");
    if (!shape->is_too_costly && is_cheap(text.substr(0, shape->strength_size)))
        check_computed(text, *shape);
}

}  // namespace tokend::test
