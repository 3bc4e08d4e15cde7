#pragma once

#include <string_view>

namespace tokend::test {

// Reads the text as a users file and as a table of access tokens. If it is refused, the error must be one printable
// line that begins with the file, and its line if any, and does not hold the secret of that line. If it is accepted,
// the records must be the same in any order of the lines, with comments between them, one by one, and when tokenctl
// writes their lines. Throws std::logic_error if that is not so.
void read_record_files(std::string_view text);

}  // namespace tokend::test
