#include "http/chunked_body.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace tokend {
namespace {

namespace http = boost::beast::http;

}  // namespace

chunked_body::chunked_body(message_limits const& limits, std::string& body) : limits_{limits}, body_{body}
{
    header_limit(
        static_cast<std::uint32_t>(limits.trailer_bytes + limits.chunk_line_bytes + 1024));  // our limits apply before
    body_limit(boost::none);
    // The parser is given nothing of the message but its chunks.
    constexpr std::string_view header = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    error ec;
    put(boost::asio::const_buffer{header.data(), header.size()}, ec);
}

std::size_t chunked_body::read(std::string_view input, http_fault& fault)
{
    std::size_t used = 0;
    while (!is_done() && used < input.size())
    {
        auto const rest = input.substr(used);
        if (!in_chunk_)
        {
            auto const line = scan_chunk_line(rest, after_data_, limits_);
            fault = line.fault;
            if (fault != http_fault::none || !line.complete)
                return used;
        }
        error ec;
        used += put(boost::asio::const_buffer{rest.data(), rest.size()}, ec);
        if (ec)
        {
            fault = too_large_ ? http_fault::payload_too_large : http_fault::malformed;
            return used;
        }
    }
    return used;
}

void chunked_body::on_chunk_header_impl(std::uint64_t size, text, error& ec)
{
    too_large_ = size > limits_.body_bytes - body_.size();
    if (too_large_)
        ec = http::error::body_limit;
    in_chunk_ = size > 0;
}

std::size_t chunked_body::on_chunk_body_impl(std::uint64_t remain, text body, error&)
{
    body_.append(body.data(), body.size());
    in_chunk_ = body.size() < remain;
    after_data_ = !in_chunk_;
    return body.size();
}

}  // namespace tokend
