#include "table/siphash.hpp"

#include <bit>
#include <cstring>

namespace tokend {
namespace {

struct state
{
    std::uint64_t a, b, c, d;

    void round() noexcept
    {
        a += b;
        c += d;
        b = std::rotl(b, 13) ^ a;
        d = std::rotl(d, 16) ^ c;
        a = std::rotl(a, 32) + d;
        c += b;
        d = std::rotl(d, 21) ^ a;
        b = std::rotl(b, 17) ^ c;
        c = std::rotl(c, 32);
    }
    void absorb(std::uint64_t word) noexcept
    {
        d ^= word;
        round();
        round();
        a ^= word;
    }
};

}  // namespace

std::uint64_t siphash(std::array<std::uint64_t, 2> const& key, std::span<char const> bytes) noexcept
{
    state s{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
            key[1] ^ 0x7465646279746573};
    std::uint64_t const length = bytes.size();
    std::uint64_t word = 0;
    for (; bytes.size() >= sizeof word; bytes = bytes.subspan(sizeof word))
    {
        std::memcpy(&word, bytes.data(), sizeof word);
        s.absorb(word);
    }
    word = 0;
    if (!bytes.empty())
        std::memcpy(&word, bytes.data(), bytes.size());
    s.absorb(word | length << 56);
    s.c ^= 0xff;
    for (int i = 0; i < 4; ++i)
        s.round();
    return s.a ^ s.b ^ s.c ^ s.d;
}

}  // namespace tokend
