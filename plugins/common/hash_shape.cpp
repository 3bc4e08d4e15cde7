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
// Of sha512crypt. libcrypt takes no other characters.
constexpr bool is_salt(char c) noexcept
{
    return c > ' ' && c < 0x7f && std::string_view{"!$*:;\\"}.find(c) == std::string_view::npos;
}

// REQUIRES: at most nine digits.
constexpr unsigned long number_of(std::string_view digits) noexcept
{
    unsigned long number = 0;
    for (char const c : digits)
        number = 10 * number + static_cast<unsigned long>(c - '0');
    return number;
}

// Consumes a text from its front, part by part.
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
    // Takes the longest run of characters of a kind. Takes nothing, and returns an empty view, if its length is not
    // from `least` to `most`.
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

// Scheme and cost are the first part of a hash. The functions return nothing for a hash of another scheme.

struct cost
{
    std::uint64_t work;
    std::uint64_t memory;
    bool is_fair;
};
using strength = std::optional<cost>;

// Work that was measured: for each cost of bcrypt, each round of sha512crypt, and each byte of yescrypt's memory.
constexpr std::uint64_t work_of_bcrypt(unsigned long cost) noexcept { return std::uint64_t{64} << cost; }
constexpr std::uint64_t work_of_sha512crypt(unsigned long rounds) noexcept { return std::uint64_t{3} * rounds / 8; }
constexpr std::uint64_t work_of_yescrypt(std::uint64_t bytes) noexcept { return bytes / 1024; }

constexpr std::uint32_t value_of(char c) noexcept
{
    if (c == '.' || c == '/')
        return c == '/';
    if (is_digit(c))
        return static_cast<std::uint32_t>(c - '0') + 2;
    return static_cast<std::uint32_t>(c >= 'a' ? c - 'a' + 38 : c - 'A' + 12);
}

// Returns true if these characters encode whole bytes, six bits each, low bits first. A hash that leaves other bits set
// behind the last byte never matches, because libcrypt leaves them zero.
constexpr bool encodes_bytes(std::string_view characters) noexcept
{
    auto const left = characters.size() * 6 % 8;
    return left < 6 && value_of(characters.back()) >> (6 - left) == 0;
}

// Takes one number of yescrypt's parameters from the front of `text`. A first character above 47 begins a longer
// number.
std::optional<std::uint64_t> take_number(std::string_view& text, std::uint32_t least) noexcept
{
    if (text.empty())
        return std::nullopt;
    auto const first = value_of(text.front());
    std::uint64_t number = least;
    std::uint32_t start = 0;
    std::uint32_t end = 47;
    std::uint32_t bits = 0;
    for (; first > end; bits += 6)
    {
        number += std::uint64_t{end + 1 - start} << bits;
        auto const next = end + 1;
        end = next + (62 - end) / 2;
        start = next;
    }
    number += std::uint64_t{first - start} << bits;
    text.remove_prefix(1);
    for (; bits != 0 && !text.empty(); text.remove_prefix(1))
    {
        bits -= 6;
        number += std::uint64_t{value_of(text.front())} << bits;
    }
    return bits == 0 ? std::optional{number} : std::nullopt;
}

// The flavors that libcrypt computes: scrypt, the write-once one, and that of yescrypt 1.0, `j`.
constexpr bool is_computed(std::uint64_t flavor) noexcept { return flavor <= 1 || flavor == 47; }

// The parameters are flavor, log2 N, r, and optionally p, t, g and log2 of the size of a ROM; see yescrypt_r() in
// libxcrypt.
strength judge_yescrypt(std::string_view text) noexcept
{
    auto const flavor = take_number(text, 0);
    auto const log2_n = flavor ? take_number(text, 1) : std::nullopt;
    auto const r = log2_n ? take_number(text, 1) : std::nullopt;
    if (!r || !is_computed(*flavor) || *log2_n < 2)
        return std::nullopt;
    std::array<std::uint64_t, 4> optional_ones{1, 0, 0, 0};
    if (!text.empty())
    {
        auto const which = take_number(text, 1);
        if (!which)
            return std::nullopt;
        for (std::size_t i = 0; i < optional_ones.size(); ++i)
            if ((*which >> i & 1) != 0)
            {
                auto const given = take_number(text, i == 0 ? 2 : 1);
                if (!given)
                    return std::nullopt;
                optional_ones[i] = *given;
            }
        if (!text.empty())
            return std::nullopt;
    }
    auto bytes = std::uint64_t{128};
    auto const multiply = [&](std::uint64_t factor) {
        bytes = factor > max_yescrypt_bytes / bytes ? 0 : bytes * factor;
    };
    for (auto const factor :
         {*log2_n < 64 ? std::uint64_t{1} << *log2_n : UINT64_MAX, *r, optional_ones[0], optional_ones[1] + 1})
        if (bytes != 0)
            multiply(factor);
    return cost{work_of_yescrypt(bytes), bytes, bytes != 0};
}

strength take_yescrypt(parts& from) noexcept
{
    if (!from.take("$y$"))
        return std::nullopt;
    auto const parameters = from.take_run(is_base64, 1, 86);
    return !parameters.empty() && from.take("$") ? judge_yescrypt(parameters) : std::nullopt;
}

strength take_bcrypt(parts& from) noexcept
{
    if (!from.take("$2a$") && !from.take("$2b$") && !from.take("$2y$"))
        return std::nullopt;
    auto const digits = from.take_run(is_digit, 2, 2);
    if (digits < "04" || digits > "31" || !from.take("$"))
        return std::nullopt;
    return cost{work_of_bcrypt(number_of(digits)), 0, number_of(digits) <= max_bcrypt_cost};
}

strength take_sha512crypt(parts& from) noexcept
{
    if (!from.take("$6$"))
        return std::nullopt;
    constexpr unsigned long usual_rounds = 5000;
    if (!from.take("rounds="))
        return cost{work_of_sha512crypt(usual_rounds), 0, true};
    auto const rounds = from.take_run(is_digit, 4, 9);
    if (rounds.empty() || rounds.front() == '0' || !from.take("$"))
        return std::nullopt;
    return cost{work_of_sha512crypt(number_of(rounds)), 0, number_of(rounds) <= max_sha512crypt_rounds};
}

// Salt and digest are the rest.

bool take_bytes(parts& from, std::size_t least, std::size_t most) noexcept
{
    auto const characters = from.take_run(is_base64, least, most);
    return !characters.empty() && encodes_bytes(characters);
}

bool take_digest(parts& from, std::size_t size) noexcept { return take_bytes(from, size, size) && from.at_end(); }

bool take_yescrypt_rest(parts& from) noexcept
{
    return take_bytes(from, 1, 86) && from.take("$") && take_digest(from, 43);
}

// 22 characters of salt, then the digest. They have another alphabet, and the high bits come first.
bool take_bcrypt_rest(parts& from) noexcept
{
    constexpr std::string_view last_of_salt = ".Oeu";
    constexpr std::string_view last_of_digest = ".CGKOSWaeimquy26";
    auto const both = from.take_run(is_base64, 53, 53);
    return !both.empty() && from.at_end() && last_of_salt.find(both[21]) != both.npos &&
           last_of_digest.find(both.back()) != both.npos;
}

bool take_sha512crypt_rest(parts& from) noexcept
{
    return !from.take_run(is_salt, 1, 16).empty() && from.take("$") && take_digest(from, 86);
}

struct format
{
    hash_scheme scheme;
    strength (*take_strength)(parts&) noexcept;
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
    {
        parts from{text};
        if (auto const judged = format.take_strength(from))
        {
            hash_shape const found{format.scheme, from.taken(), judged->work, judged->memory, !judged->is_fair};
            return format.take_rest(from) ? std::optional{found} : std::nullopt;
        }
    }
    return std::nullopt;
}

}  // namespace tokend::plugin
