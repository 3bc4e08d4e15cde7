#include "http/header_fields.hpp"

#include <cstring>

namespace tokend {
namespace {

struct spelling
{
    std::string_view name;
    header known;
};
// By length, so that a name is compared with few others.
constexpr std::array<spelling, 17> spellings{{{"host", header::host},
                                              {"accept", header::accept},
                                              {"cookie", header::cookie},
                                              {"expect", header::expect},
                                              {"origin", header::origin},
                                              {"forwarded", header::forwarded},
                                              {"connection", header::connection},
                                              {"content-type", header::content_type},
                                              {"x-request-id", header::x_request_id},
                                              {"x-auth-token", header::x_auth_token},
                                              {"authorization", header::authorization},
                                              {"content-length", header::content_length},
                                              {"x-original-uri", header::x_original_uri},
                                              {"x-forwarded-for", header::x_forwarded_for},
                                              {"x-forwarded-uri", header::x_forwarded_uri},
                                              {"content-encoding", header::content_encoding},
                                              {"transfer-encoding", header::transfer_encoding}}};

constexpr std::size_t longest = spellings.back().name.size();

// The index of the first spelling that has at least this many characters.
constexpr auto first_of_length = [] {
    std::array<unsigned char, longest + 2> first{};
    for (std::size_t length = 0; length < first.size(); ++length)
        while (first[length] < spellings.size() && spellings[first[length]].name.size() < length)
            ++first[length];
    return first;
}();

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

// REQUIRES: both have the same length, at least 4.
bool is_spelt(std::string_view token, std::string_view lower) noexcept
{
    return token.size() < sizeof(std::uint64_t) ? is_spelt_in<std::uint32_t>(token, lower)
                                                : is_spelt_in<std::uint64_t>(token, lower);
}

}  // namespace

header header_named(std::string_view name) noexcept
{
    if (name.size() > longest)
        return header::other;
    for (auto i = first_of_length[name.size()]; i < first_of_length[name.size() + 1]; ++i)
        if (is_spelt(name, spellings[i].name))
            return spellings[i].known;
    return header::other;
}

}  // namespace tokend
