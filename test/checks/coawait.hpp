#pragma once

#include <string_view>
#include <vector>

namespace tokend::test {

// The lines on which an expression with co_await, or the arguments of co_spawn, hold what g++ 12 compiles wrongly: a brace or a
// lambda (the temporary is destroyed twice), or &&, || or ?: (so are temporaries of an operand that is not evaluated). Name the
// object in a statement before and move it in; take the co_await out into a statement of its own.
std::vector<std::size_t> risky_expressions(std::string_view source);

}  // namespace tokend::test
