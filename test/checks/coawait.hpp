#pragma once

#include <string_view>
#include <vector>

namespace tokend::test {

// The lines on which a brace or a lambda stands inside an expression with co_await, or inside the arguments of a co_spawn: g++ 12
// destroys temporaries made so twice. Name the object in a statement before, and move it in.
std::vector<std::size_t> unnamed_in_coroutines(std::string_view source);

}  // namespace tokend::test
