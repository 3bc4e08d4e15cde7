#include "web/framing.hpp"

#include "base/byte_class.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace tokend {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_hex(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

constexpr auto letters_digits_and(std::string_view symbols) noexcept
{
    return [symbols](char c) { return is_digit(c) || is_alpha(c) || symbols.find(c) != symbols.npos; };
}
constexpr byte_class token_bytes{letters_digits_and("!#$%&'*+-.^_`|~")};
constexpr byte_class host_bytes{letters_digits_and("-._~!$&'()*+,;=")};  // unreserved and sub-delims of RFC 3986
constexpr byte_class visible_bytes{[](char c) { return c > 0x20 && c < 0x7f; }};
constexpr byte_class text_bytes{
    [](char c) { return !is_control(c) || c == '\t'; }};  // of a field value or a chunk line

bool is_visible(std::string_view s) noexcept
{
    auto const others = [](byte_word w) { return w.are_below(0x21) | w.are(0x7f) | w.are_not_ascii(); };
    return span_by_words(s, visible_bytes, others) == s.size();
}

// How many bytes `s` begins with are text.
std::size_t text_size(std::string_view s) noexcept
{
    std::size_t size = 0;
    for (;; ++size)
    {
        size += span_by_words(s.substr(size), text_bytes, [](byte_word w) { return w.are_below(0x20) | w.are(0x7f); });
        if (size == s.size() || s[size] != '\t')
            return size;
    }
}

bool is_text(std::string_view s) noexcept { return text_size(s) == s.size(); }

// The line that begins at `at`, without its CR LF, and where the next begins. All of it is text, as far as it is there.
struct line
{
    http_fault fault = http_fault::none;
    bool complete = false;
    std::string_view text;
    std::size_t next = 0;
};

// `known`: so much of the input is known to be text from `at` on.
line line_at(std::string_view input, std::size_t at, std::size_t known) noexcept
{
    auto const end = known + text_size(input.substr(known));
    auto const text = input.substr(at, end - at);
    auto const rest = input.substr(end, 2);
    if (rest == "\r\n")
        return {http_fault::none, true, text, end + 2};
    return {rest.empty() || rest == "\r" ? http_fault::none : http_fault::malformed, false, text, end};
}
line line_at(std::string_view input, std::size_t at) noexcept { return line_at(input, at, at); }

struct named_value
{
    std::string_view name;
    std::string_view value;  // without the white space around it
};

// REQUIRES: text.
http_fault split_field_line(std::string_view line, named_value& parts) noexcept
{
    auto const name = token_bytes.span(line);
    if (name == 0 || name == line.size() || line[name] != ':')
        return http_fault::malformed;
    parts = {line.substr(0, name), trim(line.substr(name + 1))};
    return http_fault::none;
}

bool is_ipv6_literal(std::string_view s) noexcept
{
    return s.size() > 2 && s.front() == '[' && s.back() == ']' &&
           std::all_of(s.begin() + 1, s.end() - 1, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

bool is_registered_name(std::string_view s) noexcept
{
    for (auto rest = s;; rest.remove_prefix(3))
    {
        rest.remove_prefix(host_bytes.span(rest));
        if (rest.empty())
            return !s.empty();
        if (rest.size() < 3 || rest[0] != '%' || !is_hex(rest[1]) || !is_hex(rest[2]))
            return false;
    }
}

// The trailer section behind the last chunk's line.
chunk_scan scan_trailers(std::string_view input, std::size_t at, message_limits const& limits) noexcept
{
    auto const begin = at;
    for (;;)
    {
        auto const l = line_at(input, at);
        if (l.fault != http_fault::none || (l.complete ? l.next : input.size() + 1) - begin > limits.trailer_bytes)
            return {http_fault::malformed, false};
        if (!l.complete || l.text.empty())
            return {http_fault::none, l.complete};
        if (check_field_line(l.text) != http_fault::none)
            return {http_fault::malformed, false};
        at = l.next;
    }
}

}  // namespace

bool is_token(std::string_view s) noexcept { return !s.empty() && token_bytes.has_all(s); }

bool is_valid_host(std::string_view s) noexcept
{
    auto const host = s.substr(0, s.starts_with('[') ? s.find(']') + 1 : s.find(':'));
    auto const port = s.substr(host.size());
    return (is_ipv6_literal(host) || is_registered_name(host)) &&
           (port.empty() || (port.front() == ':' && std::all_of(port.begin() + 1, port.end(), is_digit)));
}

http_fault check_request_line(std::string_view line, request_line* parts) noexcept
{
    auto const first = line.find(' ');
    auto const second = first == line.npos ? line.npos : line.find(' ', first + 1);
    if (second == line.npos)
        return http_fault::malformed;
    auto const verb = line.substr(0, first);
    auto const target = line.substr(first + 1, second - first - 1);
    auto const version = line.substr(second + 1);
    bool const is_version = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                            version[6] == '.' && is_digit(version[7]);
    if (!is_token(verb) || target.empty() || !is_visible(target) || !is_version)
        return http_fault::malformed;
    bool const is_1_1 = version == "HTTP/1.1";
    if (!is_1_1 && version != "HTTP/1.0")
        return http_fault::version_not_supported;
    if (parts != nullptr)
        *parts = {verb, target, is_1_1};
    return http_fault::none;
}

http_fault check_field_line(std::string_view line) noexcept
{
    named_value ignored;
    return is_text(line) ? split_field_line(line, ignored) : http_fault::malformed;
}

http_fault header_scanner::scan(std::string_view input, message_limits const& limits, header_section* into) noexcept
{
    for (;;)
    {
        auto const l = line_at(input, line_, scanned_);
        if (l.fault != http_fault::none)
            return l.fault;
        scanned_ = l.next;
        if (!l.complete)
            return input.size() >= limits.header_bytes ? http_fault::headers_too_large : http_fault::none;
        if (l.next > limits.header_bytes)
            return http_fault::headers_too_large;
        line_ = l.next;
        if (auto const fault = take_line(l.text, limits, into); fault != http_fault::none || done_)
            return fault;
    }
}

// REQUIRES: it is text.
http_fault header_scanner::take_line(std::string_view text, message_limits const& limits, header_section* into) noexcept
{
    ++lines_;
    if (lines_ == 1)
        return check_request_line(text, into == nullptr ? nullptr : &into->request);
    if (text.empty())
    {
        done_ = true;
        return http_fault::none;
    }
    named_value field;
    if (auto const fault = split_field_line(text, field); fault != http_fault::none)
        return fault;
    if (lines_ - 1 > limits.header_fields)
        return http_fault::headers_too_large;
    if (into != nullptr)
        into->fields.add({header_named(field.name), field.value});
    return http_fault::none;
}

chunk_scan scan_chunk_line(std::string_view input, bool after_data, message_limits const& limits) noexcept
{
    constexpr std::string_view line_end = "\r\n";
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
    auto const l = line_at(input, 0);
    if (l.fault != http_fault::none || l.text.size() > limits.chunk_line_bytes)
        return malformed;
    if (!l.complete)
        return {};
    auto const digits = std::min(l.text.find_first_not_of("0123456789abcdefABCDEF"), l.text.size());
    if (digits == 0)
        return malformed;
    bool const last = l.text.substr(0, digits).find_first_not_of('0') == l.text.npos;
    return last ? scan_trailers(input, l.next, limits) : chunk_scan{http_fault::none, true};
}

}  // namespace tokend
