#pragma once

#include "audit/record.hpp"
#include "base/log.hpp"
#include "base/refusal.hpp"
#include "web/request_subject.hpp"

#include <chrono>
#include <string_view>

namespace tokend {

// The outcome of one request, for the log and the audit log. Every request ends in one.
struct decision
{
    std::string_view method;  // the route's name: "issue", "validate", ...; "unknown" without a route
    request_subject const& subject;
    std::string_view client_address;
    std::string_view request_id;
    tokend::code code = code::ok;
    std::string_view reason;                   // what really happened
    std::chrono::microseconds duration{};      // since the request was complete
    log_level usual_level = log_level::debug;  // the route's
    std::string_view operator_name{};          // empty unless it is administration
    bool has_credential = true;                // false: a login from which none could be read
};

// Internal errors are errors and outages are warnings. All else has the route's level.
inline log_level level_of(log_level usual, code c) noexcept
{
    bool const outage = c == code::backend_unavailable || c == code::overloaded || c == code::token_store_full ||
                        c == code::store_unavailable;
    return c == code::internal_error ? log_level::error : outage ? log_level::warning : usual;
}

// Refusals leave room for what succeeds and for internal errors: whoever has a credential can cause any number of them.
inline log_room room_of(log_level level, code c) noexcept
{
    return c == code::ok || level == log_level::error ? log_room::all : log_room::most;
}

// Returns true for a request that failed before its credential was looked at.
bool is_unread(code c) noexcept;

// Returns true for a request that failed before any credential was checked, or whose credential nobody was asked about:
// a stranger can send any number of these, as fast as they like.
bool is_junk(decision const& d) noexcept;

// Logs the decision. Junk is counted.
void log_decision(logger& log, decision const& d);

// Which decisions of a route the audit log keeps. A request that was not read has no record.
enum class audited : unsigned char
{
    nothing,
    refusals,
    changes,  // of tokens, and refusals
    logins,   // as changes, and logins that a rate refuses
    calls     // all, also what cannot be read
};
bool is_audited(audited of_route, code c) noexcept;

// Returns a view of the decision.
audit_record record_of(decision const& d) noexcept;

}  // namespace tokend
