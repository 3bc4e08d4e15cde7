#include "app/tokend/config/spelling.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace tokend {
namespace {

// The Levenshtein distance, computed row by row.
std::size_t edits_between(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j)
        {
            auto const replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<std::string_view const> candidates)
{
    std::string_view best;
    auto least = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (auto const candidate : candidates)
        if (auto const d = edits_between(word, candidate); d < least)
        {
            least = d;
            best = candidate;
        }
    return best;
}

}  // namespace tokend
