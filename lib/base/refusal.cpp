#include "base/refusal.hpp"

#include <cstddef>
#include <iterator>
#include <stdexcept>

namespace tokend {
namespace {

struct row
{
    tokend::code code;
    std::string_view name;
    unsigned status;
    std::string_view message;
};

// One row for each code, in the order of the enumeration.
constexpr row codes[] = {
    {code::ok, "OK", 200, ""},
    {code::malformed_request, "MALFORMED_REQUEST", 400, "The body is not a valid JSON object."},
    {code::request_timeout, "REQUEST_TIMEOUT", 408, "The request could not be read."},
    {code::payload_too_large, "PAYLOAD_TOO_LARGE", 413, "The request could not be read."},
    {code::headers_too_large, "HEADERS_TOO_LARGE", 431, "The request could not be read."},
    {code::not_found, "NOT_FOUND", 404, "No such method."},
    {code::method_not_allowed, "METHOD_NOT_ALLOWED", 405, "This method does not accept that HTTP verb."},
    {code::rate_limited, "RATE_LIMITED", 429, "Too many requests."},
    {code::overloaded, "OVERLOADED", 503, "The server is busy."},
    {code::unsupported_media_type, "UNSUPPORTED_MEDIA_TYPE", 415, "Send application/json."},
    {code::invalid_parameter, "INVALID_PARAMETER", 400, "A parameter has a wrong type or length."},
    {code::conflicting_credentials, "CONFLICTING_CREDENTIALS", 400, "Give one kind of credentials only."},
    {code::missing_parameter, "MISSING_PARAMETER", 400, "A mandatory parameter is missing."},
    {code::address_not_allowed, "ADDRESS_NOT_ALLOWED", 403, "Access from this address is not allowed."},
    {code::too_many_attempts, "TOO_MANY_ATTEMPTS", 429, "Too many failed attempts. Try later."},
    {code::backend_unavailable, "BACKEND_UNAVAILABLE", 503, "The credentials cannot be checked now."},
    {code::invalid_credentials, "INVALID_CREDENTIALS", 401, "The credentials are not valid."},
    {code::invalid_token, "INVALID_TOKEN", 401, "The token is not valid."},
    {code::forbidden, "FORBIDDEN", 403, "This operator may not do that."},
    {code::unit_not_allowed, "UNIT_NOT_ALLOWED", 403, "This unit cannot be used."},
    {code::no_default_unit, "NO_DEFAULT_UNIT", 403, "Name a unit."},
    {code::not_renewable, "NOT_RENEWABLE", 403, "This token cannot be renewed."},
    {code::constraint_not_met, "CONSTRAINT_NOT_MET", 403, "The token does not meet what is asked of it."},
    {code::session_limit, "SESSION_LIMIT", 429, "Too many active tokens."},
    {code::store_unavailable, "STORE_UNAVAILABLE", 503, "The token cannot be checked now."},
    {code::token_store_full, "TOKEN_STORE_FULL", 503, "No more tokens can be issued now."},
    {code::internal_error, "INTERNAL_ERROR", 500, "Internal error."},
};

consteval bool are_in_order()
{
    for (std::size_t i = 0; i < std::size(codes); ++i)
        if (codes[i].code != static_cast<code>(i))
            return false;
    return std::size(codes) == static_cast<std::size_t>(code::internal_error) + 1;
}
static_assert(are_in_order());

row const& row_of(code c) noexcept { return codes[static_cast<std::size_t>(c)]; }

}  // namespace

std::string_view to_string(code c) noexcept { return row_of(c).name; }
unsigned http_status(code c) noexcept { return row_of(c).status; }
std::string_view message_of(code c) noexcept { return row_of(c).message; }

void throw_exception_from_error(refusal const& r, boost::source_location const& where)
{
    throw std::logic_error{std::string{where.file_name()} +
                           ": value() of a refusal: " + std::string{to_string(r.code)}};
}

}  // namespace tokend
