#pragma once

#include <boost/system/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace tokend {

// The outcome that a client sees: status.code of the HTTP contract. The table in refusal.cpp holds the name, the HTTP
// status and the message of each.
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
    overloaded,               // a bound of the server is reached: connections, hashing queue
    unsupported_media_type,   // a body that is not application/json
    invalid_parameter,        // a member of wrong type or length
    conflicting_credentials,  // two kinds of credentials, or two tokens
    missing_parameter,        // a mandatory member is absent
    address_not_allowed,      // the organisation's address rules
    too_many_attempts,        // locked out
    backend_unavailable,      // no backend could check the credentials; never a denial
    invalid_credentials,      // denied, whatever the reason
    invalid_token,            // malformed, unknown, expired, released or revoked
    forbidden,                // the operator may not do that
    unit_not_allowed,         // not one of the principal's units
    no_default_unit,          // no unit named, and none can be chosen
    not_renewable,            // fixed lifetime
    constraint_not_met,       // the token lacks what the proxy's administrator demands; only in the log
    session_limit,            // the principal has too many tokens
    store_unavailable,        // the tokens file cannot be written: a crash could undo what the response promises
    token_store_full,         // the capacity is reached
    internal_error,           // anything else
};

std::string_view to_string(code c) noexcept;   // "OK", "MALFORMED_REQUEST", ...
unsigned http_status(code c) noexcept;         // of a response with this code
std::string_view message_of(code c) noexcept;  // status.message; empty for ok

// Why a request was refused.
struct refusal
{
    tokend::code code = code::internal_error;
    std::string_view member{};            // the dotted name of the request member at fault, or empty; a literal
    std::string reason{};                 // the exact reason, only for log and audit; never a secret
    std::chrono::seconds retry_after{1};  // of a refusal that has a Retry-After
    std::chrono::seconds locked_out{0};   // how long a name is locked out from now on because of this failed login
};

// Thrown if a method has answered and then cannot make its effect durable: the refusal replaces the response.
struct refused
{
    refusal why;
};

template <class T>
using result = boost::system::result<T, refusal>;

// result::value() calls this if the result is a refusal, which is a programming error. Throws std::logic_error.
[[noreturn]] void throw_exception_from_error(refusal const& r, boost::source_location const& where);

}  // namespace tokend
