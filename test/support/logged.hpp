#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>

namespace tokend::test {

// The lines of a log in JSON that hold all of some texts, and the number of events that they report: one each, or
// their `count`.
struct logged
{
    std::size_t lines = 0;
    std::size_t events = 0;
};

inline logged find_logged(std::string const& log, std::initializer_list<std::string_view> texts)
{
    constexpr std::string_view count = R"("count":)";
    logged found;
    std::istringstream in{log};
    for (std::string line; std::getline(in, line);)
    {
        if (!std::ranges::all_of(texts, [&](auto text) { return line.find(text) != line.npos; }))
            continue;
        ++found.lines;
        auto const at = line.find(count);
        found.events += at == line.npos ? 1 : std::stoul(line.substr(at + count.size()));
    }
    return found;
}

}  // namespace tokend::test
