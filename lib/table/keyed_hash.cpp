#include "table/keyed_hash.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace tokend {
namespace {

void fill(std::span<std::byte> out)
{
    while (!out.empty())
    {
        auto const got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "getrandom");
        out = out.subspan(got > 0 ? static_cast<std::size_t>(got) : 0);  // a signal may cut a long one short
    }
}

}  // namespace

keyed_hash::keyed_hash()
{
    fill(std::as_writable_bytes(std::span{end_key_}));
    fill(std::as_writable_bytes(std::span{key_}));
}

std::uint64_t keyed_hash::operator()(std::span<char const> text) const noexcept
{
    auto const* key = key_.data();
    std::array<std::uint64_t, 2> words;
    wide sum = 0;
    auto const add = [&] {
        sum += wide{words[0] + key[0]} * (words[1] + key[1]);
        key += 2;
    };
    auto rest = text;
    for (; rest.size() >= sizeof words; rest = rest.subspan(sizeof words))
    {
        std::memcpy(words.data(), rest.data(), sizeof words);
        add();
    }
    if (!rest.empty())
    {
        words = {};
        std::memcpy(words.data(), rest.data(), rest.size());
        add();
    }
    auto const lower = static_cast<std::uint64_t>(sum);
    auto const upper = static_cast<std::uint64_t>(sum >> 64);
    auto const mixed = end_key_[0] + end_key_[1] * lower + end_key_[2] * upper + end_key_[3] * text.size();
    return static_cast<std::uint64_t>(mixed >> 64);
}

}  // namespace tokend
