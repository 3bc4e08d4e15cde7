#include "http/framing.hpp"

#include "base/byte_class.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace tokend {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_hex(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

constexpr auto letters_digits_and(std::string_view symbols) noexcept
{
    return [symbols](char c) { return is_digit(c) || is_alpha(c) || symbols.find(c) != symbols.npos; };
}
constexpr byte_class token_bytes{letters_digits_and("!#$%&'*+-.^_`|~")};
constexpr byte_class digits{is_digit};
constexpr byte_class host_bytes{letters_digits_and("-._~!$&'()*+,;=")};  // unreserved and sub-delims of RFC 3986

// The length of the prefix of `s` that is visible ASCII.
std::size_t visible_size(std::string_view s) noexcept
{
    return span_by_blocks(s, [](byte_block b) { return b.are_below(0x21) | b.are_above(0x7e); });
}

// The length of the prefix of `s` that is text of a field value or a chunk line: no control characters but tabs.
inline std::size_t text_size(std::string_view s) noexcept
{
    auto rest = s;
    for (;; rest.remove_prefix(1))
    {
        rest.remove_prefix(span_by_blocks(rest, [](byte_block b) { return b.are_below(0x20) | b.are(0x7f); }));
        if (!rest.starts_with('\t'))
            return s.size() - rest.size();
    }
}

bool is_text(std::string_view s) noexcept { return text_size(s) == s.size(); }

constexpr std::string_view line_end = "\r\n";

// The end of the text of a line, and what follows it.
struct end_of_text
{
    enum class line
    {
        complete,  // CR LF
        partial,   // the line is not complete yet
        malformed
    };
    std::size_t at;
    end_of_text::line line;
};

// Finds the end of the line whose first bytes are known to be text.
[[gnu::always_inline]] inline end_of_text find_end(std::string_view input, std::size_t known) noexcept
{
    auto const end = known + text_size({input.data() + known, input.size() - known});
    auto const left = input.size() - end;
    if (left >= 2 && input[end] == '\r' && input[end + 1] == '\n')
        return {end, end_of_text::line::complete};
    bool const may_come = left == 0 || (left == 1 && input[end] == '\r');
    return {end, may_come ? end_of_text::line::partial : end_of_text::line::malformed};
}

// REQUIRES: the argument is text.
http_fault split_field_line(std::string_view line, field_line& parts) noexcept
{
    std::string_view const name{line.data(), span_by_blocks(line, [](byte_block b) { return b.are(':'); })};
    parts.name = header_named(name);
    if (name.size() == line.size() || (parts.name == header::other && !is_token(name)))
        return http_fault::malformed;
    line.remove_prefix(name.size() + 1);
    parts.value = trim(line);
    return http_fault::none;
}

bool is_ipv6_literal(std::string_view s) noexcept
{
    return s.size() > 2 && s.front() == '[' && s.back() == ']' &&
           std::all_of(s.begin() + 1, s.end() - 1, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

// The length of the prefix of `s` that is a registered name.
std::size_t name_size(std::string_view s) noexcept
{
    // Nearly all names are letters, digits, dots and hyphens.
    auto size = span_by_blocks(s, [](byte_block b) {
        auto const are_digits_or_dots = b.are_above('-' - 1) & b.are_below('9' + 1) & ~b.are('/');
        auto const are_letters =
            (b.are_above('a' - 1) & b.are_below('z' + 1)) | (b.are_above('A' - 1) & b.are_below('Z' + 1));
        return ~(are_digits_or_dots | are_letters);
    });
    for (;; size += 3)
    {
        size += host_bytes.span(s.substr(size));
        if (s.size() - size < 3 || s[size] != '%' || !is_hex(s[size + 1]) || !is_hex(s[size + 2]))
            return size;
    }
}

// The end of a request line, with the space before it.
bool is_version(std::string_view s) noexcept
{
    return s.size() == 9 && s.starts_with(" HTTP/") && is_digit(s[6]) && s[7] == '.' && is_digit(s[8]);
}

// The trailer section after the line of the last chunk.
chunk_scan scan_trailers(std::string_view input, std::size_t at, message_limits const& limits) noexcept
{
    for (auto const begin = at;;)
    {
        auto const end = find_end(input, at);
        bool const complete = end.line == end_of_text::line::complete;
        auto const next = end.at + line_end.size();
        if (end.line == end_of_text::line::malformed ||
            (complete ? next : input.size() + 1) - begin > limits.trailer_bytes)
            return {http_fault::malformed, false};
        auto const text = input.substr(at, end.at - at);
        if (!complete || text.empty())
            return {http_fault::none, complete};
        if (check_field_line(text) != http_fault::none)
            return {http_fault::malformed, false};
        at = next;
    }
}

// REQUIRES: the argument is text.
http_fault take_field(std::string_view line, message_limits const& limits, std::size_t before,
                      header_section* into) noexcept
{
    field_line field;
    if (auto const fault = split_field_line(line, field); fault != http_fault::none)
        return fault;
    if (before == limits.header_fields)
        return http_fault::headers_too_large;
    if (into != nullptr)
        into->fields.add(field);
    return http_fault::none;
}

}  // namespace

bool is_token(std::string_view s) noexcept { return !s.empty() && token_bytes.has_all(s); }

bool is_valid_host(std::string_view s) noexcept
{
    bool const is_literal = s.starts_with('[');
    auto const host = s.substr(0, is_literal ? s.find(']') + 1 : name_size(s));
    auto const port = s.substr(host.size());
    return (is_literal ? is_ipv6_literal(host) : !host.empty()) &&
           (port.empty() || (port.front() == ':' && digits.has_all(port.substr(1))));
}

http_fault check_request_line(std::string_view line, request_line* parts) noexcept
{
    std::string_view const verb{line.data(), token_bytes.span(line)};
    line.remove_prefix(verb.size());
    if (verb.empty() || !line.starts_with(' '))
        return http_fault::malformed;
    line.remove_prefix(1);
    std::string_view const target{line.data(), visible_size(line)};
    line.remove_prefix(target.size());
    bool const is_1_1 = line == " HTTP/1.1";
    if (target.empty() || !(is_1_1 || is_version(line)))
        return http_fault::malformed;
    if (!is_1_1 && line != " HTTP/1.0")
        return http_fault::version_not_supported;
    if (parts != nullptr)
        *parts = {verb, target, is_1_1};
    return http_fault::none;
}

http_fault check_field_line(std::string_view line) noexcept
{
    field_line ignored;
    return is_text(line) ? split_field_line(line, ignored) : http_fault::malformed;
}

http_fault header_scanner::scan(std::string_view input, message_limits const& limits, header_section* into) noexcept
{
    while (!done_)
    {
        auto const end = find_end(input, scanned_);
        if (end.line == end_of_text::line::malformed)
            return http_fault::malformed;
        scanned_ = end.at;
        if (end.line == end_of_text::line::partial)
            return input.size() >= limits.header_bytes ? http_fault::headers_too_large : http_fault::none;
        std::string_view const line{input.data() + line_, end.at - line_};
        line_ = scanned_ = end.at + line_end.size();
        if (line_ > limits.header_bytes)
            return http_fault::headers_too_large;
        auto const number = lines_++;
        done_ = number > 0 && line.empty();
        if (done_)
            break;
        auto const fault = number == 0 ? check_request_line(line, into == nullptr ? nullptr : &into->request)
                                       : take_field(line, limits, number - 1, into);
        if (fault != http_fault::none)
            return fault;
    }
    return http_fault::none;
}

chunk_scan scan_chunk_line(std::string_view input, bool after_data, message_limits const& limits) noexcept
{
    constexpr chunk_scan malformed{http_fault::malformed, false};
    if (after_data)
    {
        auto const there = input.substr(0, line_end.size());
        if (there != line_end.substr(0, there.size()))
            return malformed;
        if (there.size() < line_end.size())
            return {};
        input.remove_prefix(line_end.size());
    }
    auto const end = find_end(input, 0);
    if (end.line == end_of_text::line::malformed || end.at > limits.chunk_line_bytes)
        return malformed;
    if (end.line == end_of_text::line::partial)
        return {};
    auto const text = input.substr(0, end.at);
    auto const size = text.substr(0, text.find_first_not_of("0123456789abcdefABCDEF"));
    if (size.empty())
        return malformed;
    bool const last = size.find_first_not_of('0') == size.npos;
    return last ? scan_trailers(input, end.at + line_end.size(), limits) : chunk_scan{http_fault::none, true};
}

}  // namespace tokend
