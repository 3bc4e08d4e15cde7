#pragma once

#include <string_view>

namespace tokend::test {

// Reads the bytes as the beginning of a connection that needs a PROXY header, cut everywhere, and as the lines of
// X-Forwarded-For and of Forwarded. Throws std::logic_error unless more bytes never change a header that is complete or
// malformed; or if text in front of the client's address changes it; or if an address that a proxy appends does not
// count.
void read_client_address(std::string_view bytes);

}  // namespace tokend::test
