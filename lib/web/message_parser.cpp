#include "web/message_parser.hpp"

#include "base/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <array>

namespace tokend {
namespace {

namespace http = boost::beast::http;

std::string_view view(boost::beast::string_view s) noexcept { return {s.data(), s.size()}; }

constexpr std::string_view line_end = "\r\n";

struct spelling
{
    header known;
    std::string_view name;
};
constexpr std::array<spelling, 4> unknown_to_beast{{{header::x_auth_token, "x-auth-token"},
                                                    {header::x_forwarded_uri, "x-forwarded-uri"},
                                                    {header::x_original_uri, "x-original-uri"},
                                                    {header::x_request_id, "x-request-id"}}};

header header_of(http::field known, std::string_view name) noexcept
{
    switch (known)
    {
    case http::field::authorization:
        return header::authorization;
    case http::field::content_encoding:
        return header::content_encoding;
    case http::field::content_length:
        return header::content_length;
    case http::field::content_type:
        return header::content_type;
    case http::field::cookie:
        return header::cookie;
    case http::field::expect:
        return header::expect;
    case http::field::host:
        return header::host;
    case http::field::transfer_encoding:
        return header::transfer_encoding;
    case http::field::unknown:
        for (auto const& s : unknown_to_beast)
            if (s.name.size() == name.size() && equal_folded(s.name, name))
                return s.known;
        return header::other;
    default:
        return header::other;
    }
}

}  // namespace

message_parser::message_parser(message_limits const& limits, message_store& store) : limits_{limits}, store_{store}
{
    store_.fields.clear();
    store_.body.clear();
    // What this parser's limits allow; its own checks come first.
    header_limit(
        static_cast<std::uint32_t>(std::max(limits.header_bytes, limits.trailer_bytes + limits.chunk_line_bytes) + 64));
    body_limit(boost::none);
}

http_fault message_parser::read_header(std::string_view input)
{
    if (skipped_ == 0 && input.starts_with(line_end))
        skipped_ = line_end.size();
    if (skipped_ == 0 && input == "\r")
        return http_fault::none;
    input.remove_prefix(skipped_);
    if (input.empty())
        return http_fault::none;
    if (auto const fault = scanner_.scan(input, limits_); fault != http_fault::none || !scanner_.done())
        return fault;
    error ec;
    put(boost::asio::const_buffer{input.data(), scanner_.size()}, ec);
    if (fault_ != http_fault::none)
        return fault_;
    if (ec)
        return http_fault::malformed;
    header_done_ = true;
    request_.fields = store_.fields;
    split_target(request_.target, request_.path, request_.query);
    if (auto const fault = check_host(); fault != http_fault::none)
        return fault;
    return check_length();
}

http_fault message_parser::check_host() const noexcept
{
    auto const hosts = request_.count(header::host);
    if (hosts > 1 || (hosts == 0 && request_.http_1_1) || (hosts == 1 && !is_valid_host(request_.field(header::host))))
        return http_fault::malformed;
    return http_fault::none;
}

// RFC 9112 section 6.3, but that nothing ambiguous is taken.
http_fault message_parser::check_length()
{
    auto const lengths = request_.count(header::content_length);
    auto const codings = request_.count(header::transfer_encoding);
    if (lengths > 1 || codings > 1 || (lengths == 1 && codings == 1) || (codings == 1 && !request_.http_1_1))
        return http_fault::malformed;
    if (lengths == 1)
    {
        auto const length = parse_number(request_.field(header::content_length));
        if (!length)
            return http_fault::malformed;
        declared_length_ = *length;
    }
    if (codings == 1)
    {
        auto const coding = request_.field(header::transfer_encoding);
        if (!equal_folded(coding, "chunked"))
            return is_token(coding) ? http_fault::not_implemented : http_fault::malformed;
        chunked_ = true;
    }
    return http_fault::none;
}

bool message_parser::expects_continue() const noexcept
{
    return request_.http_1_1 && declares_body() && equal_folded(request_.field(header::expect), "100-continue");
}

request_view const& message_parser::request() noexcept
{
    request_.body = store_.body;
    return request_;
}

std::size_t message_parser::read_body(std::string_view input, http_fault& fault)
{
    std::size_t used = 0;
    while (!is_done() && used < input.size())
    {
        auto const rest = input.substr(used);
        if (chunked_ && !in_chunk_)
        {
            auto const line = scan_chunk_line(rest, after_data_, limits_);
            fault = line.fault;
            if (fault != http_fault::none || !line.complete)
                return used;
        }
        error ec;
        auto const n = put(boost::asio::const_buffer{rest.data(), rest.size()}, ec);
        used += n;
        if (ec)
        {
            fault = fault_ != http_fault::none ? fault_ : http_fault::malformed;
            return used;
        }
    }
    return used;
}

void message_parser::on_request_impl(verb, text method, text target, int version, error&)
{
    request_.verb = view(method);
    request_.target = view(target);
    request_.http_1_1 = version == 11;
}

void message_parser::on_field_impl(field_name known, text name, text value, error&)
{
    if (!header_done_)  // trailers are read and forgotten
        store_.fields.push_back({header_of(known, view(name)), view(value)});
}

std::size_t message_parser::on_body_impl(text body, error& ec)
{
    append(body, ec);
    return body.size();
}

void message_parser::on_chunk_header_impl(std::uint64_t size, text, error& ec)
{
    if (size > limits_.body_bytes - store_.body.size())
    {
        fault_ = http_fault::payload_too_large;
        ec = http::error::body_limit;
    }
    in_chunk_ = size > 0;
}

std::size_t message_parser::on_chunk_body_impl(std::uint64_t remain, text body, error& ec)
{
    append(body, ec);
    in_chunk_ = body.size() < remain;
    after_data_ = !in_chunk_;
    return body.size();
}

void message_parser::append(text piece, error& ec)
{
    if (piece.size() > limits_.body_bytes - store_.body.size())
    {
        fault_ = http_fault::payload_too_large;
        ec = http::error::body_limit;
        return;
    }
    store_.body.append(piece.data(), piece.size());
}

}  // namespace tokend
