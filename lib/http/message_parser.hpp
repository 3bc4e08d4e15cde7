#pragma once

#include "http/chunked_body.hpp"
#include "http/framing.hpp"
#include "http/request.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tokend {

// The memory that messages are read into. It is reused, so that reading a message allocates nothing.
struct message_store
{
    explicit message_store(message_limits const& limits) : header{limits} {}
    header_section header;
    std::string body;
};

// Reads one HTTP/1.x request from bytes into a request_view. framing.hpp has the rules of lines. One object reads one
// message. Neither throws nor allocates.
class message_parser
{
public:
    // Forgets the message in `store`. REQUIRES: both outlive this object.
    message_parser(message_limits const& limits, message_store& store) noexcept;

    // Reads the header section. `input` starts with the message's first byte, and only grows between calls. The caller
    // must not move its first size_in_place() bytes while this object or request() is in use.
    [[nodiscard]] http_fault read_header(std::string_view input);
    bool header_done() const noexcept { return header_done_; }
    std::size_t header_size() const noexcept { return skipped_ + scanner_.size(); }
    std::size_t size_in_place() const noexcept { return header_size() + body_in_place_.size(); }

    // Reads the body. `input` starts after the headers and whatever was consumed before. Returns the number of bytes
    // consumed. Pass the rest again with more data appended. A body that has arrived in one piece is not copied.
    // REQUIRES: header_done() and not done().
    [[nodiscard]] std::size_t read_body(std::string_view input, http_fault& fault);
    bool done() const noexcept;

    request_view const& request() noexcept;
    bool keeps_alive() const noexcept { return keeps_alive_; }
    bool declares_body() const noexcept { return chunks_ || declared_length_ > 0; }
    std::uint64_t declared_length() const noexcept { return declared_length_; }  // 0 for a chunked body
    bool expects_continue() const noexcept;

private:
    http_fault check_host() const noexcept;
    http_fault check_length();
    http_fault check_connection();

    message_limits const& limits_;
    message_store& store_;
    header_scanner scanner_;
    request_view request_{store_.header.fields};
    std::optional<chunked_body> chunks_;
    std::uint64_t declared_length_ = 0;
    std::string_view body_in_place_;
    std::size_t skipped_ = 0;  // an empty line before the request
    bool header_done_ = false;
    bool keeps_alive_ = true;
};

}  // namespace tokend
