#pragma once

#include <string>
#include <string_view>

namespace tokend::plugin {

// The parts, strings or views, with the separator between them.
template <class Parts>
std::string join(Parts const& parts, std::string_view separator)
{
    std::string joined;
    std::string_view between;
    for (auto const& part : parts)
    {
        joined.append(between).append(part);
        between = separator;
    }
    return joined;
}

}  // namespace tokend::plugin
