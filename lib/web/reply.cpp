#include "web/reply.hpp"

#include "base/byte_class.hpp"

#include <algorithm>
#include <array>

namespace tokend {
namespace {

struct row
{
    code c;
    unsigned status;
    std::string_view message;
};

constexpr std::array<row, 25> rows{{
    {code::ok, 200, ""},
    {code::malformed_request, 400, "The body is not a valid JSON object."},
    {code::request_timeout, 408, "The request could not be read."},
    {code::payload_too_large, 413, "The request could not be read."},
    {code::headers_too_large, 431, "The request could not be read."},
    {code::not_found, 404, "No such method."},
    {code::method_not_allowed, 405, "This method does not accept that HTTP verb."},
    {code::rate_limited, 429, "Too many requests."},
    {code::overloaded, 503, "The server is busy."},
    {code::unsupported_media_type, 415, "Send application/json."},
    {code::invalid_parameter, 400, "A parameter has a wrong type or length."},
    {code::conflicting_credentials, 400, "Give one kind of credentials only."},
    {code::missing_parameter, 400, "A mandatory parameter is missing."},
    {code::address_not_allowed, 403, "Access from this address is not allowed."},
    {code::too_many_attempts, 429, "Too many failed attempts. Try later."},
    {code::backend_unavailable, 503, "The credentials cannot be checked now."},
    {code::invalid_credentials, 401, "The credentials are not valid."},
    {code::invalid_token, 401, "The token is not valid."},
    {code::unit_not_allowed, 403, "This unit cannot be used."},
    {code::no_default_unit, 403, "Name a unit."},
    {code::not_renewable, 403, "This token cannot be renewed."},
    {code::session_limit, 429, "Too many active tokens."},
    {code::store_unavailable, 503, "The token cannot be checked now."},
    {code::token_store_full, 503, "No more tokens can be issued now."},
    {code::internal_error, 500, "Internal error."},
}};

row const& row_of(code c) noexcept
{
    auto const* const found = std::find_if(rows.begin(), rows.end(), [&](row const& r) { return r.c == c; });
    return found == rows.end() ? rows.back() : *found;
}

constexpr std::string_view json_type = "Content-Type: application/json\r\n";
constexpr std::string_view ok_lines = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

std::string_view status_line(unsigned status) noexcept
{
    switch (status)
    {
    case 200:
        return "HTTP/1.1 200 OK\r\n";
    case 400:
        return "HTTP/1.1 400 Bad Request\r\n";
    case 401:
        return "HTTP/1.1 401 Unauthorized\r\n";
    case 403:
        return "HTTP/1.1 403 Forbidden\r\n";
    case 404:
        return "HTTP/1.1 404 Not Found\r\n";
    case 405:
        return "HTTP/1.1 405 Method Not Allowed\r\n";
    case 408:
        return "HTTP/1.1 408 Request Timeout\r\n";
    case 413:
        return "HTTP/1.1 413 Content Too Large\r\n";
    case 415:
        return "HTTP/1.1 415 Unsupported Media Type\r\n";
    case 429:
        return "HTTP/1.1 429 Too Many Requests\r\n";
    case 431:
        return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
    case 501:
        return "HTTP/1.1 501 Not Implemented\r\n";
    case 503:
        return "HTTP/1.1 503 Service Unavailable\r\n";
    case 505:
        return "HTTP/1.1 505 HTTP Version Not Supported\r\n";
    default:
        return "HTTP/1.1 500 Internal Server Error\r\n";
    }
}

// How many bytes `s` begins with stand for themselves in a JSON string.
std::size_t plain_size(std::string_view s) noexcept
{
    return span_by_blocks(s, [](byte_block b) { return b.are_below(0x20) | b.are('"') | b.are('\\'); });
}

// The first `plain` bytes stand for themselves.
[[gnu::noinline]] void append_escaped(text_buffer& out, std::string_view s, std::size_t plain)
{
    constexpr std::string_view hex = "0123456789abcdef";
    out.append('"');
    for (; plain < s.size(); plain = plain_size(s))
    {
        out.append(s.substr(0, plain));
        auto const byte = static_cast<unsigned char>(s[plain]);
        if (byte < 0x20)
            out.append("\\u00", hex[byte >> 4], hex[byte & 15]);
        else
            out.append('\\', s[plain]);
        s.remove_prefix(plain + 1);
    }
    out.append(s, '"');
}

}  // namespace

std::string_view challenge(realm asks) noexcept
{
    switch (asks)
    {
    case realm::bearer:
        return R"(Bearer realm="tokend")";
    case realm::bearer_invalid_token:
        return R"(Bearer realm="tokend", error="invalid_token")";
    case realm::basic:
        return R"(Basic realm="tokend")";
    }
    return {};
}

unsigned http_status(code c) noexcept { return row_of(c).status; }
std::string_view message_of(code c) noexcept { return row_of(c).message; }

void append_json_string(text_buffer& out, std::string_view s)
{
    if (auto const plain = plain_size(s); plain != s.size())
        append_escaped(out, s, plain);
    else
        out.append('"', s, '"');
}

reply::reply(text_buffer& out, text_buffer& headers, reply_frame const& frame)
    : out_{out}, headers_{headers}, frame_{frame}
{
    headers_.clear();
}

reply& reply::header(std::string_view name, std::string_view value)
{
    headers_.append(name, ": ", value, "\r\n");
    return *this;
}

reply& reply::header(std::string_view name, std::int64_t value)
{
    headers_.append(name, ": ").append_number(value).append("\r\n");
    return *this;
}

void reply::ok(std::string_view data)
{
    constexpr std::string_view envelope = R"({"status":{"code":"OK","message":null,"description":null},"data":)";
    out_.append(ok_lines);
    append_headers(envelope.size() + data.size() + 1);
    if (!frame_.head)
        out_.append(envelope, data, '}');
}

void reply::refuse(refusal const& why, realm asks)
{
    code_ = why.code;
    reason_ = why.reason;
    auto const status = http_status(why.code);
    if (status == 401)
        header("WWW-Authenticate", challenge(why.code == code::invalid_token ? realm::bearer_invalid_token : asks));
    if (status == 429 || status == 503)
        header("Retry-After", "1");
    write_refusal(frame_.always_200 ? 200 : status, message_of(why.code), why.member);
}

void reply::unreadable(unsigned status, tokend::code c, std::string_view reason)
{
    code_ = c;
    reason_ = reason;
    write_refusal(status, "The request could not be read.", {});
}

void reply::write_refusal(unsigned status, std::string_view message, std::string_view member)
{
    text_buffer body;
    body.append(R"({"status":{"code":")", to_string(code_), R"(","message":")", message, R"(","description":)");
    if (member.empty())
        body.append("null");
    else
        append_json_string(body, member);
    body.append(R"(},"data":{}})");
    write(status, json_type, body.view());
}

void reply::json(unsigned status, std::string_view body)
{
    if (status == 503)
        header("Retry-After", "1");
    write(status, json_type, body);
}

void reply::bare(unsigned status, tokend::code c, std::string_view reason)
{
    code_ = c;
    reason_ = reason;
    write(status, {}, {});
}

void reply::write(unsigned status, std::string_view type, std::string_view body)
{
    out_.append(status_line(status), type);
    append_headers(body.size());
    if (!frame_.head)
        out_.append(body);
}

// All but Content-Type.
void reply::append_headers(std::size_t body_size)
{
    out_.append(frame_.common->bytes(), frame_.request_id, "\r\n", headers_.view(), "Content-Length: ");
    out_.append_number(body_size);
    if (frame_.after == after_answer::close)
        out_.append("\r\nConnection: close");
    else if (frame_.after == after_answer::keep_alive_1_0)
        out_.append("\r\nConnection: keep-alive");
    out_.append("\r\n\r\n");
}

}  // namespace tokend
