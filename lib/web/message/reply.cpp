#include "web/message/reply.hpp"

#include "base/byte_class.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace tokend {
namespace {

constexpr std::string_view json_type = "Content-Type: application/json\r\n";
constexpr std::string_view ok_lines = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

struct status_text
{
    unsigned status;
    std::string_view line;
};

constexpr status_text status_lines[] = {
    {200, "HTTP/1.1 200 OK\r\n"},
    {400, "HTTP/1.1 400 Bad Request\r\n"},
    {401, "HTTP/1.1 401 Unauthorized\r\n"},
    {403, "HTTP/1.1 403 Forbidden\r\n"},
    {404, "HTTP/1.1 404 Not Found\r\n"},
    {405, "HTTP/1.1 405 Method Not Allowed\r\n"},
    {408, "HTTP/1.1 408 Request Timeout\r\n"},
    {413, "HTTP/1.1 413 Content Too Large\r\n"},
    {415, "HTTP/1.1 415 Unsupported Media Type\r\n"},
    {429, "HTTP/1.1 429 Too Many Requests\r\n"},
    {431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
    {500, "HTTP/1.1 500 Internal Server Error\r\n"},
    {501, "HTTP/1.1 501 Not Implemented\r\n"},
    {503, "HTTP/1.1 503 Service Unavailable\r\n"},
    {505, "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
};

// REQUIRES: the status is in the table.
std::string_view status_line(unsigned status) noexcept
{
    auto const found = std::ranges::find(status_lines, status, &status_text::status);
    assert(found != std::end(status_lines));
    return found->line;
}

// The length of the prefix of `s` that needs no escape in a JSON string.
std::size_t plain_size(std::string_view s) noexcept
{
    return span_by_blocks(s, [](byte_block b) { return b.are_below(0x20) | b.are('"') | b.are('\\'); });
}

// REQUIRES: the first `plain` bytes need no escape.
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

void append_json_string(text_buffer& out, std::string_view s)
{
    if (auto const plain = plain_size(s); plain != s.size())
        append_escaped(out, s, plain);
    else
        out.append('"', s, '"');
}

reply::reply(text_buffer& out, text_buffer& headers, reply_frame const& frame, reply_outcome& outcome)
    : out_{out}, headers_{headers}, frame_{frame}, outcome_{outcome}
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

answered reply::ok(std::string_view data)
{
    constexpr std::string_view envelope = R"({"status":{"code":"OK","message":null,"description":null},"data":)";
    out_.append(ok_lines);
    append_headers(envelope.size() + data.size() + 1);
    if (!frame_.head)
        out_.append(envelope, data, '}');
    return answered::now;
}

answered reply::refuse(refusal const& why, realm asks)
{
    outcome_ = {why.code, why.reason};
    auto const status = http_status(why.code);
    if (frame_.dialect == dialect::bare && status == 503)
        return write(500, {}, {});  // the one status by which a proxy learns of trouble
    if (status == 401)
        header("WWW-Authenticate", challenge(why.code == code::invalid_token ? realm::bearer_invalid_token : asks));
    if (status == 429 || status == 503)
        header("Retry-After", std::to_string(why.retry_after.count()));
    if (frame_.dialect == dialect::bare)
        return write(status, {}, {});
    return write_refusal(frame_.always_200 ? 200 : status, message_of(why.code), why.member);
}

answered reply::unreadable(unsigned status, tokend::code c, std::string_view reason)
{
    outcome_.code = c;
    outcome_.reason = reason;
    return write_refusal(status, "The request could not be read.", {});
}

answered reply::write_refusal(unsigned status, std::string_view message, std::string_view member)
{
    text_buffer body{256};
    body.append(R"({"status":{"code":")", to_string(outcome_.code), R"(","message":")", message, R"(","description":)");
    if (member.empty())
        body.append("null");
    else
        append_json_string(body, member);
    body.append(R"(},"data":{}})");
    return write(status, json_type, body.view());
}

answered reply::json(unsigned status, std::string_view body)
{
    if (status == 503)
        header("Retry-After", "1");
    return write(status, json_type, body);
}

answered reply::plain(unsigned status, std::string_view media_type, std::string_view body)
{
    header("Content-Type", media_type);
    return write(status, {}, body);
}

answered reply::bare(unsigned status, tokend::code c, std::string_view reason)
{
    outcome_.code = c;
    outcome_.reason = reason;
    return write(status, {}, {});
}

answered reply::write(unsigned status, std::string_view type, std::string_view body)
{
    out_.append(status_line(status), type);
    append_headers(body.size());
    if (!frame_.head)
        out_.append(body);
    return answered::now;
}

// All header fields but Content-Type.
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
