#pragma once

#include <cstddef>
#include <string_view>

namespace tokend::test {

// Serves a connection of these bytes: in one piece, byte by byte, and in two pieces cut at up to `cuts` places. The
// first byte is not sent; it chooses the listener and the configuration. Throws std::logic_error unless every response
// is well-formed and keeps the rules of the contract for all responses; each request has one response, and so has what
// cannot be read; nothing follows a response that closes the connection; users whose tokens the bytes do not hold keep
// their tokens, and no response names them; and the pieces make no difference.
void converse(std::string_view input, std::size_t cuts);

}  // namespace tokend::test
