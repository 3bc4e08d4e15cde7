#pragma once

#include <initializer_list>
#include <string>
#include <vector>

namespace tokend::test {

// A message that must be refused: its bytes, and the statuses that may answer it. The connection is then closed.
struct malformed_message
{
    std::string name;
    std::string bytes;
    std::vector<int> statuses = {400};
};

std::vector<malformed_message> malformed_request_lines();
std::vector<malformed_message> malformed_headers();
std::vector<malformed_message> malformed_framing();  // Content-Length, Transfer-Encoding, chunks, trailers
std::vector<malformed_message> oversize_messages();

}  // namespace tokend::test
