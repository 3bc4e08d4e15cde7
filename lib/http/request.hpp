#pragma once

#include "http/header_fields.hpp"

#include <string>
#include <string_view>

namespace tokend {

// One request as it stands in the session's buffers; views, valid until it is answered.
struct request_view
{
    header_fields const& fields;
    std::string_view verb{};
    std::string_view target{};  // as sent
    std::string_view path{};    // of the target, as sent
    std::string_view query{};   // behind the first '?'
    bool http_1_1 = true;
    std::string_view body{};

    std::string_view field(header name) const noexcept { return fields.first(name); }  // empty: there is none
    std::size_t count(header name) const noexcept { return fields.count(name); }
    bool has(header name) const noexcept { return count(name) != 0; }
};

// Splits a request target (RFC 9112 section 3.2) into path and query: origin-form, and absolute-form of http and https. Of every
// other form the whole is the path, which no route has.
void split_target(std::string_view target, std::string_view& path, std::string_view& query) noexcept;

// The next `name=value` of a query, decoded as a form (percent, plus); false at the end. Moves `rest` behind it.
bool next_parameter(std::string_view& rest, std::string& name, std::string& value);

}  // namespace tokend
