#pragma once

#include "http/framing.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace tokend {

// The chunks of one body, decoded by Beast's parser; what that one leaves out is checked first, by scan_chunk_line(). Trailers are
// read and forgotten.
class chunked_body : private boost::beast::http::basic_parser<true>
{
public:
    // REQUIRES: both outlive this object.
    chunked_body(message_limits const& limits, std::string& body);

    // Returns how many bytes of `input` are done with; the rest is to be given again with more behind.
    std::size_t read(std::string_view input, http_fault& fault);
    bool done() const noexcept { return is_done(); }

private:
    using verb = boost::beast::http::verb;
    using field_name = boost::beast::http::field;
    using text = boost::beast::string_view;
    using error = boost::beast::error_code;

    void on_request_impl(verb, text, text, int, error&) override {}
    void on_response_impl(int, text, int, error&) override {}
    void on_field_impl(field_name, text, text, error&) override {}
    void on_header_impl(error&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error&) override {}
    std::size_t on_body_impl(text body, error&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t size, text extensions, error& ec) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, text body, error& ec) override;
    void on_finish_impl(error&) override {}

    message_limits const& limits_;
    std::string& body_;
    bool too_large_ = false;
    bool in_chunk_ = false;    // data of a chunk come next, no chunk line
    bool after_data_ = false;  // the line end behind a chunk's data comes next
};

}  // namespace tokend
