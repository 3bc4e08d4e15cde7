#pragma once

#include "support/answer.hpp"

#include <string>
#include <string_view>

namespace tokend::test {

// Throws std::logic_error unless the answer keeps the rules that hold for every answer of tokend: its header fields,
// those that its status wants, and JSON in its body or no body. `is_to_head`: the body is left out.
void check_answer(answer const& a, bool is_to_head);

// The answer as text, without what differs from one time to the next: times, tokens, accessors, and the ids of requests
// that tokend makes.
std::string lasting_text(answer const& a);

}  // namespace tokend::test
