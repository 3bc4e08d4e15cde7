#pragma once

#include "base/refusal.hpp"
#include "http/message_parser.hpp"

#include <string_view>

namespace tokend {

// The response to a message that cannot be read. The reason is for the log alone.
struct unreadable
{
    unsigned status;
    tokend::code code;
    std::string_view reason;
};

inline unreadable describe(http_fault fault) noexcept
{
    switch (fault)
    {
    case http_fault::not_implemented:
        return {501, code::malformed_request, "unknown transfer coding"};
    case http_fault::version_not_supported:
        return {505, code::malformed_request, "unknown HTTP version"};
    case http_fault::headers_too_large:
        return {431, code::headers_too_large, "header section over its limit"};
    case http_fault::payload_too_large:
        return {413, code::payload_too_large, "body over its limit"};
    case http_fault::malformed:
    case http_fault::none:
        break;
    }
    return {400, code::malformed_request, "malformed HTTP"};
}

inline constexpr unreadable truncated{400, code::malformed_request, "the client stopped in the middle of a request"};
inline constexpr unreadable plain_http{400, code::malformed_request, "HTTP without TLS"};
inline constexpr unreadable too_slow{408, code::request_timeout, "headers or body came too slowly"};

}  // namespace tokend
