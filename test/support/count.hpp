#pragma once

#include <cstddef>
#include <string_view>

namespace tokend::test {

// The number of places in `text` where `wanted` begins.
inline std::size_t count(std::string_view text, std::string_view wanted)
{
    std::size_t n = 0;
    for (auto at = text.find(wanted); at != text.npos; at = text.find(wanted, at + 1))
        ++n;
    return n;
}

}  // namespace tokend::test
