#include "web/decision.hpp"

namespace tokend {

bool is_unread(code c) noexcept
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
    default:
        return false;
    }
}

bool is_junk(decision const& d) noexcept
{
    switch (d.code)
    {
    case code::overloaded:
    case code::address_not_allowed:
    case code::too_many_attempts:
    case code::backend_unavailable:
        return true;
    default:
        return !d.has_credential || is_unread(d.code);
    }
}

void log_decision(logger& log, decision const& d)
{
    auto const level = level_of(d.usual_level, d.code);
    auto const name = to_string(d.code);
    auto const status = std::int64_t{http_status(d.code)};
    auto const& s = d.subject;
    if (is_junk(d))
        log.count(level, d.method, name,
                  {{"status", status},
                   {"code", name},
                   {"organisation", s.organisation},
                   {"reason", d.reason},
                   {"client", d.client_address},
                   {"request_id", d.request_id}});
    else if (log.wants(level))
        log.write(level, d.method,
                  {{"status", status},
                   {"code", name},
                   {"organisation", s.organisation},
                   {"user", s.username},
                   {"unit", s.unit},
                   {"backend", s.backend},
                   {"accessor", s.accessor},
                   {"operator", d.operator_name},
                   {"reason", d.reason},
                   {"client", d.client_address},
                   {"request_id", d.request_id},
                   {"ms", d.duration}},
                  room_of(level, d.code));
}

bool is_audited(audited of_route, code c) noexcept
{
    switch (of_route)
    {
    case audited::nothing:
        return false;
    case audited::refusals:
        return c != code::ok && !is_unread(c);
    case audited::changes:
        return !is_unread(c);
    case audited::logins:
        return !is_unread(c) || c == code::rate_limited;
    case audited::calls:
        return true;
    }
    return true;
}

audit_record record_of(decision const& d) noexcept
{
    auto const& s = d.subject;
    audit_record r{.event = d.method};
    r.code = to_string(d.code);
    r.organisation = s.organisation;
    r.user = s.username;
    r.unit = s.unit;
    r.backend = s.backend;
    r.accessor = s.accessor;
    r.operator_name = d.operator_name;
    r.client = d.client_address;
    r.request_id = d.request_id;
    r.reason = d.reason;
    r.duration = d.duration;
    r.ended = s.ended;
    r.ended_accessor = s.ended_accessor;
    return r;
}

}  // namespace tokend
