#pragma once

#include <string_view>
#include <vector>

namespace tokend::test {

// Returns the lines on which g++ 12 compiles an expression with co_await, or the arguments of co_spawn, wrongly. A
// brace or a lambda there is destroyed twice, and so are temporaries behind &&, || or ?: that are not evaluated. To
// mend a line, name the object in a statement before it and move it in, or give the co_await a statement of its own.
std::vector<std::size_t> risky_expressions(std::string_view source);

}  // namespace tokend::test
