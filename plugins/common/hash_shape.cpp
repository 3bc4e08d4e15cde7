#include "common/hash_shape.hpp"

#include <algorithm>
#include <array>

namespace tokend::plugin {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_base64(char c) noexcept
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '/';
}
constexpr bool is_salt(char c) noexcept { return std::string_view{"$:*!\n"}.find(c) == std::string_view::npos; }

// A text that is taken from its front, part by part.
class parts
{
public:
    explicit parts(std::string_view text) noexcept : text_{text}, rest_{text} {}

    std::size_t taken() const noexcept { return text_.size() - rest_.size(); }
    bool at_end() const noexcept { return rest_.empty(); }

    bool take(std::string_view literal) noexcept
    {
        if (!rest_.starts_with(literal))
            return false;
        rest_.remove_prefix(literal.size());
        return true;
    }
    // All characters of a kind that come next; empty if these are not `least` to `most`.
    std::string_view take_run(bool (*is_of_kind)(char) noexcept, std::size_t least, std::size_t most) noexcept
    {
        auto const end = std::find_if_not(rest_.begin(), rest_.end(), is_of_kind);
        auto const run = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        if (run.size() < least || run.size() > most)
            return {};
        rest_.remove_prefix(run.size());
        return run;
    }

private:
    std::string_view text_;
    std::string_view rest_;
};

// Scheme and cost: the first part of a hash.

bool take_yescrypt(parts& from) noexcept
{
    return from.take("$y$") && !from.take_run(is_base64, 1, 86).empty() && from.take("$");
}

bool take_bcrypt(parts& from) noexcept
{
    if (!from.take("$2a$") && !from.take("$2b$") && !from.take("$2y$"))
        return false;
    auto const cost = from.take_run(is_digit, 2, 2);
    return cost >= "04" && cost <= "31" && from.take("$");
}

bool take_sha512crypt(parts& from) noexcept
{
    if (!from.take("$6$"))
        return false;
    if (!from.take("rounds="))
        return true;
    auto const rounds = from.take_run(is_digit, 4, 9);
    return !rounds.empty() && rounds.front() != '0' && from.take("$");
}

// Salt and digest: the rest of it.

bool take_digest(parts& from, std::size_t size) noexcept
{
    return !from.take_run(is_base64, size, size).empty() && from.at_end();
}

bool take_yescrypt_rest(parts& from) noexcept
{
    return !from.take_run(is_base64, 1, 86).empty() && from.take("$") && take_digest(from, 43);
}

bool take_bcrypt_rest(parts& from) noexcept { return take_digest(from, 53); }

bool take_sha512crypt_rest(parts& from) noexcept
{
    return !from.take_run(is_salt, 1, 16).empty() && from.take("$") && take_digest(from, 86);
}

struct format
{
    hash_scheme scheme;
    bool (*take_strength)(parts&) noexcept;
    bool (*take_rest)(parts&) noexcept;
};

constexpr std::array<format, 3> formats{{
    {hash_scheme::yescrypt, take_yescrypt, take_yescrypt_rest},
    {hash_scheme::bcrypt, take_bcrypt, take_bcrypt_rest},
    {hash_scheme::sha512crypt, take_sha512crypt, take_sha512crypt_rest},
}};

}  // namespace

std::optional<hash_shape> recognise_hash(std::string_view text) noexcept
{
    for (auto const& format : formats)
        if (parts from{text}; format.take_strength(from))
        {
            hash_shape const found{format.scheme, from.taken()};
            return format.take_rest(from) ? std::optional{found} : std::nullopt;
        }
    return std::nullopt;
}

}  // namespace tokend::plugin
