#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace tokend {

// What a client is told: status.code of the HTTP contract. The table in refusal.cpp holds the name, HTTP status and message of each.
enum class code : unsigned char
{
    ok,
    malformed_request,        // bad HTTP, or a body that is no valid JSON object
    request_timeout,          // headers or body came too slowly
    payload_too_large,        // body over its limit
    headers_too_large,        // header section over its limit
    not_found,                // unknown path
    method_not_allowed,       // known path, other verbs only
    rate_limited,             // too many requests
    overloaded,               // a bound of ours is reached: connections, hashing queue
    unsupported_media_type,   // a body that is not application/json
    invalid_parameter,        // a member of wrong type or length
    conflicting_credentials,  // two kinds of credentials, or two tokens
    missing_parameter,        // a mandatory member is absent
    address_not_allowed,      // the organisation's address rules
    too_many_attempts,        // locked out
    backend_unavailable,      // nobody could check the credentials; never a denial
    invalid_credentials,      // denied, whatever the reason
    invalid_token,            // malformed, unknown, expired, released or revoked
    unit_not_allowed,         // not one of the principal's units
    no_default_unit,          // no unit named, and none can be chosen
    not_renewable,            // fixed lifetime
    constraint_not_met,       // what a proxy's administrator asks of a token; in the log alone
    session_limit,            // the principal has too many tokens
    store_unavailable,        // the tokens file cannot be written: a crash could undo what would be answered
    token_store_full,         // the capacity is reached
    internal_error,           // anything else
};

std::string_view to_string(code c) noexcept;   // "OK", "MALFORMED_REQUEST", ...
unsigned http_status(code c) noexcept;         // of the answer that says so
std::string_view message_of(code c) noexcept;  // status.message; empty for ok

// Why something was not done.
struct refusal
{
    tokend::code code = code::internal_error;
    std::string_view member{};  // the request member at fault, dotted, or empty; a literal, never its value
    std::string reason{};       // what really happened; for log and audit alone, never a secret
};

// Thrown where a method has answered already and what it did turns out not to be safe: the refusal takes the answer's place.
struct refused
{
    refusal why;
};

template <class T>
using result = boost::system::result<T, refusal>;

// boost::system::result throws this from value() on a refusal; reached by a programming error only.
[[noreturn]] void throw_exception_from_error(refusal const& r, boost::source_location const& where);

}  // namespace tokend
