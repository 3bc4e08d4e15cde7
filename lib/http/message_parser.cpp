#include "http/message_parser.hpp"

#include "base/text.hpp"

#include <boost/beast/http/rfc7230.hpp>
#include <cassert>

namespace tokend {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view line_end = "\r\n";

}  // namespace

message_parser::message_parser(message_limits const& limits, message_store& store) noexcept
    : limits_{limits}, store_{store}
{
    store_.header.fields.clear();
    store_.body.clear();
}

http_fault message_parser::read_header(std::string_view input)
{
    if (skipped_ == 0 && input.starts_with(line_end))
        skipped_ = line_end.size();
    if (skipped_ == 0 && input == "\r")
        return http_fault::none;
    input.remove_prefix(skipped_);
    if (auto const fault = scanner_.scan(input, limits_, &store_.header); fault != http_fault::none || !scanner_.done())
        return fault;
    header_done_ = true;
    auto const& line = store_.header.request;
    request_.verb = line.verb;
    request_.target = line.target;
    request_.http_1_1 = line.http_1_1;
    split_target(request_.target, request_.path, request_.query);
    if (auto const fault = check_host(); fault != http_fault::none)
        return fault;
    if (auto const fault = check_length(); fault != http_fault::none)
        return fault;
    return check_connection();
}

http_fault message_parser::check_host() const noexcept
{
    auto const hosts = request_.count(header::host);
    if (hosts > 1 || (hosts == 0 && request_.http_1_1) || (hosts == 1 && !is_valid_host(request_.field(header::host))))
        return http_fault::malformed;
    return http_fault::none;
}

// RFC 9112 section 6.3, but everything ambiguous is refused.
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
        chunks_.emplace(limits_, store_.body);
    }
    return http_fault::none;
}

// RFC 9112 section 9.3.
http_fault message_parser::check_connection()
{
    keeps_alive_ = request_.http_1_1;
    if (!request_.has(header::connection))
        return http_fault::none;
    bool closes = false;
    for (auto const& f : request_.fields)
    {
        if (f.name != header::connection)
            continue;
        http::opt_token_list const options{{f.value.data(), f.value.size()}};
        if (!http::validate_list(options))
            return http_fault::malformed;
        for (auto const option : options)
        {
            std::string_view const name{option.data(), option.size()};
            closes = closes || equal_folded(name, "close");
            keeps_alive_ = keeps_alive_ || equal_folded(name, "keep-alive");
        }
    }
    keeps_alive_ = keeps_alive_ && !closes;
    return http_fault::none;
}

bool message_parser::expects_continue() const noexcept
{
    return request_.http_1_1 && declares_body() && equal_folded(request_.field(header::expect), "100-continue");
}

request_view const& message_parser::request() noexcept
{
    request_.body = body_in_place_.empty() ? std::string_view{store_.body} : body_in_place_;
    return request_;
}

bool message_parser::done() const noexcept
{
    return header_done_ && (chunks_ ? chunks_->done() : store_.body.size() + body_in_place_.size() == declared_length_);
}

std::size_t message_parser::read_body(std::string_view input, http_fault& fault)
{
    assert(header_done_ && !done());
    if (chunks_)
        return chunks_->read(input, fault);
    auto const piece = input.substr(0, declared_length_ - store_.body.size());
    if (piece.size() > limits_.body_bytes - store_.body.size())
    {
        fault = http_fault::payload_too_large;
        return 0;
    }
    if (piece.size() == declared_length_)
    {
        body_in_place_ = piece;
        return 0;
    }
    store_.body.append(piece);
    return piece.size();
}

}  // namespace tokend
