#pragma once

#include "web/framing.hpp"
#include "web/request.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tokend {

// What a message is read into: reused from message to message, so that reading one allocates nothing.
struct message_store
{
    explicit message_store(message_limits const& limits) { fields.reserve(limits.header_fields); }
    std::vector<field_line> fields;
    std::string body;
};

// One HTTP/1.x request, from bytes to a request_view, stricter than Beast's parser under it: see framing.hpp for lines, and
// "HTTP/1.1" of the HTTP contract. One object for each message. Neither throws nor allocates.
class message_parser : private boost::beast::http::basic_parser<true>
{
public:
    // REQUIRES: both outlive this object; `store` is clear or holds the last message, which is forgotten.
    message_parser(message_limits const& limits, message_store& store);

    // The header section. `input` begins with the message's first byte and only grows between calls; once header_done(), its first
    // header_size() bytes must stay where they are as long as request() is used.
    http_fault read_header(std::string_view input);
    bool header_done() const noexcept { return header_done_; }
    std::size_t header_size() const noexcept { return skipped_ + scanner_.size(); }

    // The body. Returns how many bytes of `input` belong to it and are done with; the rest is to be given again with more behind.
    // REQUIRES: header_done(), not done().
    std::size_t read_body(std::string_view input, http_fault& fault);
    bool done() const noexcept { return header_done_ && is_done(); }

    request_view const& request() noexcept;
    bool keeps_alive() const noexcept { return keep_alive(); }
    bool declares_body() const noexcept { return chunked_ || declared_length_ > 0; }
    std::uint64_t declared_length() const noexcept { return declared_length_; }  // 0 for a chunked body
    bool expects_continue() const noexcept;

private:
    using verb = boost::beast::http::verb;
    using field_name = boost::beast::http::field;
    using text = boost::beast::string_view;
    using error = boost::beast::error_code;

    http_fault check_host() const noexcept;
    http_fault check_length();
    void append(text piece, error& ec);

    void on_request_impl(verb, text method, text target, int version, error& ec) override;
    void on_response_impl(int, text, int, error&) override {}
    void on_field_impl(field_name, text name, text value, error& ec) override;
    void on_header_impl(error&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error&) override {}
    std::size_t on_body_impl(text body, error& ec) override;
    void on_chunk_header_impl(std::uint64_t size, text extensions, error& ec) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, text body, error& ec) override;
    void on_finish_impl(error&) override {}

    message_limits const& limits_;
    message_store& store_;
    header_scanner scanner_;
    request_view request_;
    std::uint64_t declared_length_ = 0;
    std::size_t skipped_ = 0;  // an empty line before the request
    http_fault fault_ = http_fault::none;
    bool header_done_ = false;
    bool chunked_ = false;
    bool in_chunk_ = false;    // data of a chunk come next, no chunk line
    bool after_data_ = false;  // the line end behind a chunk's data comes next
};

}  // namespace tokend
