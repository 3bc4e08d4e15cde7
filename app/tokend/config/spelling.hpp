#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tokend {

// The candidate that differs from `word` by the fewest letters put in, left out or replaced; empty if even that one differs
// by more than a third of the word (one letter is always forgiven).
std::string_view nearest(std::string_view word, std::span<std::string_view const> candidates);

}  // namespace tokend
