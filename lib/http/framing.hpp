#pragma once

#include "http/header_fields.hpp"
#include "http/limits.hpp"

#include <cstddef>
#include <string_view>

// The rules of RFC 9110 and 9112 on bytes and lines. A header section is read here and nowhere else; a chunk line and a trailer
// section pass here before Beast's parser sees them, which leaves some rules out. Pure, but for the scanner's place.
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

struct request_line
{
    std::string_view verb;
    std::string_view target;
    bool http_1_1 = true;  // else 1.0
};
// Tells the parts of a line that is in order, which are views into it, if somebody asks for them.
http_fault check_request_line(std::string_view line, request_line* parts = nullptr) noexcept;
http_fault check_field_line(std::string_view line) noexcept;  // also refuses obs-fold

// What a header section says; views into it.
struct header_section
{
    explicit header_section(message_limits const& limits) : fields{limits.header_fields} {}
    request_line request;
    header_fields fields;
};

// Looks at a header section as it arrives, each line once.
class header_scanner
{
public:
    // `input` begins with the request line, stays where it is, and only grows between calls. After none: done() says whether the
    // section is complete, and size() then how long it is with its empty line. What it says goes `into` that, if anywhere.
    http_fault scan(std::string_view input, message_limits const& limits, header_section* into = nullptr) noexcept;
    bool done() const noexcept { return done_; }
    std::size_t size() const noexcept { return line_; }

private:
    std::size_t line_ = 0;     // where the current line begins
    std::size_t scanned_ = 0;  // up to where the current line is text
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
