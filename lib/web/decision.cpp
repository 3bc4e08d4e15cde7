#include "web/decision.hpp"

namespace tokend {

bool is_junk(decision const& d) noexcept
{
    if (!d.has_credential)
        return true;
    switch (d.code)
    {
    case code::malformed_request:
    case code::request_timeout:
    case code::payload_too_large:
    case code::headers_too_large:
    case code::not_found:
    case code::method_not_allowed:
    case code::rate_limited:
    case code::overloaded:
    case code::unsupported_media_type:
    case code::invalid_parameter:
    case code::conflicting_credentials:
    case code::missing_parameter:
    case code::address_not_allowed:
    case code::too_many_attempts:
    case code::backend_unavailable:
        return true;
    default:
        return false;
    }
}

void log_decision(logger& log, decision const& d) noexcept
{
    auto const level = level_of(d.usual_level, d.code);
    auto const name = to_string(d.code);
    auto const us = static_cast<std::int64_t>(d.duration.count());
    if (is_junk(d))
        log.count(level, d.method, name,
                  {{"code", name},
                   {"organisation", d.organisation},
                   {"reason", d.reason},
                   {"client", d.client_address},
                   {"request_id", d.request_id}});
    else if (log.wants(level))
        log.write(level, d.method,
                  {{"code", name},
                   {"organisation", d.organisation},
                   {"who", d.who},
                   {"reason", d.reason},
                   {"client", d.client_address},
                   {"request_id", d.request_id},
                   {"us", us}},
                  room_of(level, d.code));
}

}  // namespace tokend
