#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tokend {

// Returns the candidate that the fewest insertions, deletions and replacements of letters turn into `word`. Returns an
// empty text if they are more than one, and more than a third of the word.
std::string_view nearest(std::string_view word, std::span<std::string_view const> candidates);

}  // namespace tokend
