#include "common/utf8.hpp"

#include <algorithm>

namespace tokend::plugin {
namespace {

struct lead
{
    std::size_t followers;          // continuation bytes after it
    unsigned char lowest, highest;  // bounds of the first of them
};

// RFC 3629 section 4. Four followers mean that it is not a lead byte.
constexpr lead lead_of(unsigned char c) noexcept
{
    if (c < 0x80)
        return {0, 0, 0};
    if (c >= 0xc2 && c <= 0xdf)
        return {1, 0x80, 0xbf};
    if (c >= 0xe0 && c <= 0xef)
        return {2, static_cast<unsigned char>(c == 0xe0 ? 0xa0 : 0x80),
                static_cast<unsigned char>(c == 0xed ? 0x9f : 0xbf)};
    if (c >= 0xf0 && c <= 0xf4)
        return {3, static_cast<unsigned char>(c == 0xf0 ? 0x90 : 0x80),
                static_cast<unsigned char>(c == 0xf4 ? 0x8f : 0xbf)};
    return {4, 0, 0};
}

constexpr bool is_between(char c, unsigned char lowest, unsigned char highest) noexcept
{
    return static_cast<unsigned char>(c) >= lowest && static_cast<unsigned char>(c) <= highest;
}

}  // namespace

bool is_utf8(std::string_view s) noexcept
{
    while (!s.empty())
    {
        auto const [followers, lowest, highest] = lead_of(static_cast<unsigned char>(s.front()));
        if (followers >= s.size() || followers == 4)
            return false;
        auto const rest = s.substr(1, followers);
        if (!rest.empty() && !is_between(rest.front(), lowest, highest))
            return false;
        if (!std::all_of(rest.begin(), rest.end(), [](char c) { return is_between(c, 0x80, 0xbf); }))
            return false;
        s.remove_prefix(1 + followers);
    }
    return true;
}

}  // namespace tokend::plugin
