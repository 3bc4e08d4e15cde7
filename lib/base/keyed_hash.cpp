#include "base/keyed_hash.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cassert>
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

// Hashes sixteen bytes at a time. A shorter rest is hashed together with the bytes before it; with the length, two
// texts that differ still differ in some pair of words. The two sums need not wait for each other.
std::uint64_t keyed_hash::operator()(std::span<char const> text) const noexcept
{
    assert(text.size() <= max_principal_bytes);
    constexpr std::size_t step = 2 * sizeof(std::uint64_t);
    auto const product = [this](char const* at, std::size_t place) {
        std::array<std::uint64_t, 2> words;
        std::memcpy(words.data(), at, step);
        auto const* key = &key_[place / sizeof(std::uint64_t)];
        return wide{words[0] + key[0]} * (words[1] + key[1]);
    };
    auto const size = text.size();
    wide sum = 0;
    wide other = 0;
    if (size < step)
    {
        std::array<char, step> padded{};
        std::ranges::copy(text, padded.begin());
        sum = product(padded.data(), 0);
    }
    else
    {
        std::size_t place = 0;
        for (; size - place >= 2 * step; place += 2 * step)
        {
            sum += product(&text[place], place);
            other += product(&text[place + step], place + step);
        }
        if (size - place >= step)
        {
            sum += product(&text[place], place);
            place += step;
        }
        if (place != size)
            other += product(&text[size - step], place);
    }
    sum += other;
    auto const lower = static_cast<std::uint64_t>(sum);
    auto const upper = static_cast<std::uint64_t>(sum >> 64);
    auto const mixed = end_key_[0] + end_key_[1] * lower + end_key_[2] * upper + end_key_[3] * size;
    return static_cast<std::uint64_t>(mixed >> 64);
}

}  // namespace tokend
