#pragma once

#include "http/chunked_body.hpp"
#include "http/framing.hpp"
#include "http/request.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tokend {

// What a message is read into: reused from message to message, so that reading one allocates nothing.
struct message_store
{
    explicit message_store(message_limits const& limits) : header{limits} {}
    header_section header;
    std::string body;
};

// One HTTP/1.x request, from bytes to a request_view: see framing.hpp for lines, and "HTTP/1.1" of the HTTP contract. One object
// for each message. Neither throws nor allocates.
class message_parser
{
public:
    // REQUIRES: both outlive this object; `store` is clear or holds the last message, which is forgotten.
    message_parser(message_limits const& limits, message_store& store) noexcept;

    // The header section. `input` begins with the message's first byte, and only grows between calls. Its first size_in_place()
    // bytes, as far as they are there, stay where they are as long as this object or request() is used.
    http_fault read_header(std::string_view input);
    bool header_done() const noexcept { return header_done_; }
    std::size_t header_size() const noexcept { return skipped_ + scanner_.size(); }
    std::size_t size_in_place() const noexcept { return header_size() + body_in_place_.size(); }

    // The body. `input` begins behind the headers, or what is done with. Returns how many bytes of it belong to the body and are done
    // with; the rest is to be given again with more behind. A body that is there as a whole is used where it stands.
    // REQUIRES: header_done(), not done().
    std::size_t read_body(std::string_view input, http_fault& fault);
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
