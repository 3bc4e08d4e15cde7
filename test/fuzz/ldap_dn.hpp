#pragma once

#include <string_view>

namespace tokend::test {

// Reads each line as a DN. Throws std::logic_error unless libldap finds the same parts in it, all spellings of it are
// the same, it is below exactly those of the DNs that its last parts make, and a map of groups finds it by its DN and
// by its name.
void read_dns(std::string_view lines);

}  // namespace tokend::test
