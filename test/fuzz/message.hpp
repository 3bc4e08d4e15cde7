#pragma once

#include <cstddef>
#include <string_view>

namespace tokend::test {

// Reads one HTTP message in one piece, byte by byte, and in two pieces cut at up to `cuts` places, once under the
// default limits and once under very small ones. Throws std::logic_error unless all readings of one set of limits agree
// on the request or on the fault, stay within the limits, and consume no more than the message.
void read_message(std::string_view bytes, std::size_t cuts);

}  // namespace tokend::test
