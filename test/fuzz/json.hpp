#pragma once

#include <string_view>

namespace tokend::test {

// Reads a body with our reader and with Boost.JSON's own parse(). Throws std::logic_error unless ours accepts exactly
// the objects without a duplicate name that keep the limits, and finds the same members with the same values in them.
void read_json(std::string_view body);

}  // namespace tokend::test
