#pragma once

#include "http/header_fields.hpp"

#include <string>
#include <string_view>

namespace tokend {

// One request, as views into the connection's buffers. Valid until the request is answered.
struct request_view
{
    header_fields const& fields;
    std::string_view verb{};
    std::string_view target{};  // as sent
    std::string_view path{};    // of the target, as sent
    std::string_view query{};   // after the first '?'
    bool http_1_1 = true;
    std::string_view body{};

    std::string_view field(header name) const noexcept
    {
        return fields.first(name);
    }  // empty if there is no such field
    std::size_t count(header name) const noexcept { return fields.count(name); }
    bool has(header name) const noexcept { return count(name) != 0; }
};

// Splits a request target (RFC 9112 section 3.2) into path and query. Reads origin-form, and absolute-form of http and
// https. Of every other form the whole target is the path, which no route has.
void split_target(std::string_view target, std::string_view& path, std::string_view& query) noexcept;

// Decodes a segment of a path (RFC 3986 section 2.1). A percent sign without two hex digits stays as it is.
[[nodiscard]] std::string decode_segment(std::string_view segment);

// Takes the next `name=value` off the front of a query, decoded as a form (percent, plus). Returns false at the end.
[[nodiscard]] bool next_parameter(std::string_view& rest, std::string& name, std::string& value);

}  // namespace tokend
