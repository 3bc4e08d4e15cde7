#pragma once

#include "web/options.hpp"

#include <cstddef>
#include <string_view>

// The rules of RFC 9112 on bytes and lines that Beast 1.81's parser leaves out. Every byte of a header section, a chunk line and
// a trailer section passes here before Beast sees it. Pure, but for the scanner's place.
namespace tokend {

// What is wrong with a message; each has its HTTP status.
enum class http_fault
{
    none,
    malformed,              // 400
    not_implemented,        // 501, a transfer coding
    version_not_supported,  // 505
    headers_too_large,      // 431
    payload_too_large       // 413
};

bool is_token(std::string_view s) noexcept;       // RFC 9110 section 5.6.2
bool is_valid_host(std::string_view s) noexcept;  // uri-host [ ":" port ], not empty
http_fault check_request_line(std::string_view line) noexcept;
http_fault check_field_line(std::string_view line) noexcept;  // also refuses obs-fold

// Looks at a header section as it arrives, each line once.
class header_scanner
{
public:
    // `input` begins with the request line and only grows between calls. After none: done() says whether the section is complete,
    // and size() then how long it is with its empty line.
    http_fault scan(std::string_view input, message_limits const& limits) noexcept;
    bool done() const noexcept { return done_; }
    std::size_t size() const noexcept { return line_; }

private:
    http_fault take_line(std::string_view line, message_limits const& limits) noexcept;

    std::size_t line_ = 0;     // where the current line begins
    std::size_t scanned_ = 0;  // up to where there is no further line end
    std::size_t lines_ = 0;
    bool done_ = false;
};

struct chunk_scan
{
    http_fault fault = http_fault::none;
    bool complete = false;  // the chunk line, and behind a last chunk the trailer section, is there
};

// Looks at the line of a chunk. `after_data`: the line end of the chunk before still stands in front.
chunk_scan scan_chunk_line(std::string_view input, bool after_data, message_limits const& limits) noexcept;

}  // namespace tokend
