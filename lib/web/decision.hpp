#pragma once

#include "base/log.hpp"
#include "base/refusal.hpp"

#include <chrono>
#include <string_view>

namespace tokend {

// What one request came to; every handler ends in one.
struct decision
{
    std::string_view method;  // "issue", "validate", ...
    std::string_view who;     // ORGANISATION:username if it is known
    std::string_view client_address;
    std::string_view request_id;
    tokend::code code = code::ok;
    std::string_view reason;  // what really happened
    std::chrono::microseconds duration{};
};

// Faults of ours are errors, outages warnings, logins news; what services ask all day is for debugging.
inline log_level level_of(std::string_view method, code c) noexcept
{
    bool const outage = c == code::backend_unavailable || c == code::overloaded || c == code::token_store_full ||
                        c == code::store_unavailable;
    bool const is_login = method == "issue" || method == "web_api_key";
    return c == code::internal_error ? log_level::error
           : outage                  ? log_level::warning
           : is_login                ? log_level::info
                                     : log_level::debug;
}

// Returns true for a request that failed before anybody decided on a credential: a stranger can send any number of
// these.
inline bool is_junk(std::string_view method, code c) noexcept
{
    switch (c)
    {
    case code::malformed_request:
    case code::request_timeout:
    case code::payload_too_large:
    case code::headers_too_large:
    case code::not_found:
    case code::method_not_allowed:
    case code::rate_limited:
    case code::unsupported_media_type:
    case code::invalid_parameter:
    case code::conflicting_credentials:
    case code::missing_parameter:
        return true;
    case code::overloaded:
        return method == "unknown";  // one connection too many
    default:
        return false;
    }
}

// Junk is counted. A refused login may use less of the log's queue than one that succeeds.
inline void record(logger& log, decision const& d) noexcept
{
    auto const level = level_of(d.method, d.code);
    auto const name = to_string(d.code);
    auto const us = static_cast<std::int64_t>(d.duration.count());
    if (is_junk(d.method, d.code))
        log.count(level, d.method, name,
                  {{"code", name}, {"reason", d.reason}, {"client", d.client_address}, {"request_id", d.request_id}});
    else if (log.wants(level))
        log.write(level, d.method,
                  {{"code", name},
                   {"who", d.who},
                   {"reason", d.reason},
                   {"client", d.client_address},
                   {"request_id", d.request_id},
                   {"us", us}},
                  level == log_level::info && d.code != tokend::code::ok ? log_room::most : log_room::all);
}

}  // namespace tokend
