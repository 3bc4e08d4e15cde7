#include "base/refusal.hpp"

#include <stdexcept>

namespace tokend {

std::string_view to_string(code c) noexcept
{
    switch (c)
    {
    case code::ok:
        return "OK";
    case code::malformed_request:
        return "MALFORMED_REQUEST";
    case code::request_timeout:
        return "REQUEST_TIMEOUT";
    case code::payload_too_large:
        return "PAYLOAD_TOO_LARGE";
    case code::headers_too_large:
        return "HEADERS_TOO_LARGE";
    case code::not_found:
        return "NOT_FOUND";
    case code::method_not_allowed:
        return "METHOD_NOT_ALLOWED";
    case code::rate_limited:
        return "RATE_LIMITED";
    case code::overloaded:
        return "OVERLOADED";
    case code::unsupported_media_type:
        return "UNSUPPORTED_MEDIA_TYPE";
    case code::invalid_parameter:
        return "INVALID_PARAMETER";
    case code::conflicting_credentials:
        return "CONFLICTING_CREDENTIALS";
    case code::missing_parameter:
        return "MISSING_PARAMETER";
    case code::address_not_allowed:
        return "ADDRESS_NOT_ALLOWED";
    case code::too_many_attempts:
        return "TOO_MANY_ATTEMPTS";
    case code::backend_unavailable:
        return "BACKEND_UNAVAILABLE";
    case code::invalid_credentials:
        return "INVALID_CREDENTIALS";
    case code::invalid_token:
        return "INVALID_TOKEN";
    case code::unit_not_allowed:
        return "UNIT_NOT_ALLOWED";
    case code::no_default_unit:
        return "NO_DEFAULT_UNIT";
    case code::not_renewable:
        return "NOT_RENEWABLE";
    case code::constraint_not_met:
        return "CONSTRAINT_NOT_MET";
    case code::session_limit:
        return "SESSION_LIMIT";
    case code::store_unavailable:
        return "STORE_UNAVAILABLE";
    case code::token_store_full:
        return "TOKEN_STORE_FULL";
    case code::internal_error:
        return "INTERNAL_ERROR";
    }
    return "INTERNAL_ERROR";
}

void throw_exception_from_error(refusal const& r, boost::source_location const& where)
{
    throw std::logic_error{std::string{where.file_name()} +
                           ": value() of a refusal: " + std::string{to_string(r.code)}};
}

}  // namespace tokend
