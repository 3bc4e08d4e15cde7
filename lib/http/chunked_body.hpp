#pragma once

#include "http/framing.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace tokend {

// Decodes the chunks of one body with Beast's parser. scan_chunk_line() first checks the rules that Beast leaves out.
// Trailers are read and dropped.
class chunked_body : private boost::beast::http::basic_parser<true>
{
public:
    // REQUIRES: both outlive this object.
    chunked_body(message_limits const& limits, std::string& body);

    // Returns the number of bytes consumed. Pass the rest again with more data appended.
    [[nodiscard]] std::size_t read(std::string_view input, http_fault& fault);
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
    bool in_chunk_ = false;    // the data of a chunk come next
    bool after_data_ = false;  // the line end after a chunk's data comes next
};

}  // namespace tokend
