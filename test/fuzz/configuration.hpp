#pragma once

#include <string_view>

namespace tokend::test {

// Loads the text as a configuration file. If it is refused, each mistake must be one printable line that begins with
// the file, and its line if any. If it is accepted, a plain reader must find the same settings in the same lines; what
// is printed must be accepted and print as the same; and the same settings on the command line must make the same
// configuration. Throws std::logic_error if that is not so.
void load_configuration(std::string_view text);

}  // namespace tokend::test
