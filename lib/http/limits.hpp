#pragma once

#include <cstddef>

namespace tokend {

// Limits of one request. A message may reach each limit. A message that exceeds it by one is refused with this status.
struct message_limits
{
    std::size_t header_bytes = 16 * 1024;  // request line and fields, with line ends and the empty line (431)
    std::size_t header_fields = 100;       // (431)
    std::size_t body_bytes = 16 * 1024;    // without framing (413)
    std::size_t chunk_line_bytes = 256;    // without its line end (400)
    std::size_t trailer_bytes = 4 * 1024;  // trailer section, with line ends and the empty line (400)
};

}  // namespace tokend
