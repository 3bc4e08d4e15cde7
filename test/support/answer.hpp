#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokend::test {

// One HTTP answer as it was received.
struct answer
{
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // in their order, names as spelt
    std::string body;

    std::size_t count(std::string_view name) const;   // of a header, any case
    std::string header(std::string_view name) const;  // its value; empty if it is not there
    std::size_t body_size() const;                    // as the headers declare it; throws std::runtime_error
};

// Reads the status line and the header lines of an answer, whose body is empty then. Throws std::runtime_error if the
// text is not HTTP. REQUIRES: every line of it ends with CR LF.
answer parse_answer_head(std::string_view text);

// Takes one whole answer off the front of the bytes. The answer to a HEAD request has no body, whatever its headers
// declare. Throws std::runtime_error if the bytes begin with no such answer.
answer take_answer(std::string_view& bytes, bool is_to_head = false);

[[noreturn]] void not_http(std::string_view what);  // throws std::runtime_error

}  // namespace tokend::test
