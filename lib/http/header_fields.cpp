#include "http/header_fields.hpp"

#include <cstring>

namespace tokend {
namespace {

struct spelling
{
    std::string_view name;
    header known;
};
constexpr std::array<spelling, 13> spellings{{{"host", header::host},
                                              {"content-length", header::content_length},
                                              {"content-type", header::content_type},
                                              {"authorization", header::authorization},
                                              {"connection", header::connection},
                                              {"x-request-id", header::x_request_id},
                                              {"cookie", header::cookie},
                                              {"expect", header::expect},
                                              {"x-auth-token", header::x_auth_token},
                                              {"x-original-uri", header::x_original_uri},
                                              {"x-forwarded-uri", header::x_forwarded_uri},
                                              {"content-encoding", header::content_encoding},
                                              {"transfer-encoding", header::transfer_encoding}}};

template <class Word>
Word load(char const* text) noexcept
{
    Word word;
    std::memcpy(&word, text, sizeof word);
    return word;
}

// With bit 0x20 set, only a letter and its capital become that letter, and only '-' and CR become '-'. CR cannot occur,
// because it is a control character. The last word overlaps the one before.
template <class Word>
bool is_spelt_in(std::string_view token, std::string_view lower) noexcept
{
    constexpr auto fold = static_cast<Word>(0x2020202020202020);
    auto const last = token.size() - sizeof(Word);
    for (std::size_t at = 0; at < last; at += sizeof(Word))
        if ((load<Word>(&token[at]) | fold) != load<Word>(&lower[at]))
            return false;
    return (load<Word>(&token[last]) | fold) == load<Word>(&lower[last]);
}

bool is_spelt(std::string_view token, std::string_view lower) noexcept
{
    if (token.size() != lower.size())
        return false;
    return token.size() < sizeof(std::uint64_t) ? is_spelt_in<std::uint32_t>(token, lower)
                                                : is_spelt_in<std::uint64_t>(token, lower);
}

}  // namespace

header header_named(std::string_view name) noexcept
{
    for (auto const& s : spellings)
        if (is_spelt(name, s.name))
            return s.known;
    return header::other;
}

}  // namespace tokend
