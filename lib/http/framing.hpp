#pragma once

#include "http/header_fields.hpp"
#include "http/limits.hpp"

#include <cstddef>
#include <string_view>

// The rules of RFC 9110 and 9112 on bytes and lines. Header sections are read here and nowhere else. Chunk lines and
// trailer sections are checked here before Beast's parser sees them, because it leaves some rules out.
namespace tokend {

// What is wrong with a message, with the HTTP status of each fault.
enum class http_fault
{
    none,
    malformed,              // 400
    not_implemented,        // 501, a transfer coding
    version_not_supported,  // 505
    headers_too_large,      // 431
    payload_too_large       // 413
};

[[nodiscard]] bool is_token(std::string_view s) noexcept;       // RFC 9110 section 5.6.2
[[nodiscard]] bool is_valid_host(std::string_view s) noexcept;  // uri-host [ ":" port ], not empty

struct request_line
{
    std::string_view verb;
    std::string_view target;
    bool http_1_1 = true;  // else 1.0
};
// If the line is right and `parts` is given, sets them to views into the line.
[[nodiscard]] http_fault check_request_line(std::string_view line, request_line* parts = nullptr) noexcept;
[[nodiscard]] http_fault check_field_line(std::string_view line) noexcept;  // also refuses obs-fold

// The contents of a header section, as views into it.
struct header_section
{
    explicit header_section(message_limits const& limits) : fields{limits.header_fields} {}
    request_line request;
    header_fields fields;
};

// Reads a header section as it arrives, each line once.
class header_scanner
{
public:
    // `input` starts with the request line, does not move, and only grows between calls. Without a fault, done() is
    // true once the section is complete, and size() is then its length with the empty line. Fills `into` if it is
    // given.
    [[nodiscard]] http_fault scan(std::string_view input, message_limits const& limits,
                                  header_section* into = nullptr) noexcept;
    bool done() const noexcept { return done_; }
    std::size_t size() const noexcept { return line_; }

private:
    std::size_t line_ = 0;     // start of the current line
    std::size_t scanned_ = 0;  // the current line is text up to here
    std::size_t lines_ = 0;
    bool done_ = false;
};

struct chunk_scan
{
    http_fault fault = http_fault::none;
    bool complete = false;  // the chunk line has arrived, and the trailer section after the last chunk
};

// Checks the line of a chunk. If `after_data` is true, `input` starts with the line end of the chunk before.
[[nodiscard]] chunk_scan scan_chunk_line(std::string_view input, bool after_data,
                                         message_limits const& limits) noexcept;

}  // namespace tokend
