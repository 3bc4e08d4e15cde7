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

inline void record(logger& log, decision const& d) noexcept
{
    auto const level = level_of(d.method, d.code);
    if (log.wants(level))
        log.write(level, d.method,
                  {{"code", to_string(d.code)},
                   {"who", d.who},
                   {"reason", d.reason},
                   {"client", d.client_address},
                   {"request_id", d.request_id},
                   {"us", static_cast<std::int64_t>(d.duration.count())}});
}

}  // namespace tokend
