#include "table/keyed_hash.hpp"

#include "table/siphash.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace tokend {
namespace {

__extension__ using wide = unsigned __int128;

void fill(std::span<std::byte> out)
{
    while (!out.empty())
    {
        auto const got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "getrandom");
        out = out.subspan(got > 0 ? static_cast<std::size_t>(got) : 0);
    }
}

wide product(std::uint64_t const* words, std::uint64_t const* key) noexcept
{
    return wide{words[0] + key[0]} * (words[1] + key[1]);
}

}  // namespace

keyed_hash::keyed_hash()
{
    fill(std::as_writable_bytes(std::span{short_key_}));
    fill(std::as_writable_bytes(std::span{long_key_}));
}

std::uint64_t keyed_hash::operator()(std::span<char const> text) const noexcept { return siphash(short_key_, text); }

std::uint64_t keyed_hash::digest(std::span<char const> text) const noexcept
{
    auto const* key = long_key_.data();
    auto rest = text;
    wide sum = 0;
    std::uint64_t words[2];
    for (; rest.size() >= pair_size; rest = rest.subspan(pair_size), key += 2)
    {
        std::memcpy(words, rest.data(), pair_size);
        sum += product(words, key);
    }
    if (!rest.empty())
    {
        words[0] = words[1] = 0;
        std::memcpy(words, rest.data(), rest.size());
        sum += product(words, key);
    }
    std::array<char, sizeof sum + sizeof(std::uint64_t)> end;
    std::uint64_t const length = text.size();
    std::memcpy(end.data(), &sum, sizeof sum);
    std::memcpy(end.data() + sizeof sum, &length, sizeof length);
    return siphash(short_key_, end);
}

}  // namespace tokend
