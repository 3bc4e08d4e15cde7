#pragma once

#include <cstddef>
#include <string_view>

namespace tokend {

// Returns where `c` stands first outside quoted strings (RFC 9110 section 5.6.4); the size of the text if nowhere, and
// npos if a quoted string does not end.
[[nodiscard]] constexpr std::size_t find_unquoted(std::string_view text, char c) noexcept
{
    bool quoted = false;
    std::size_t at = 0;
    for (; at < text.size() && (quoted || text[at] != c); ++at)
        if (text[at] == '"')
            quoted = !quoted;
        else if (quoted && text[at] == '\\')
            ++at;
    return quoted ? text.npos : at;
}

}  // namespace tokend
