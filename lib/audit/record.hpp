#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tokend {

// One decision, as the audit log keeps it. Views: the texts must outlive the record. They may hold any bytes, and never
// a secret.
struct audit_record
{
    std::string_view event;            // "issue", "release", ... as the log names a method; "lockout", "recheck", ...
    std::string_view code{};           // as it is answered: "OK", "INVALID_CREDENTIALS"
    std::string_view organisation{};   // of the user; like all below empty if it is not known
    std::string_view user{};           // as the backend spells it; in a refused login as the client does
    std::string_view unit{};           // of the token; in a refused login the one that the client asks for
    std::string_view backend{};        // that accepted the user
    std::string_view accessor{};       // of the token that was issued, used or ended
    std::string_view operator_name{};  // of the operator who did it; only in records of administration
    std::string_view client{};         // the address, or "unix"
    std::string_view request_id{};
    std::string_view reason{};
    std::optional<std::chrono::microseconds> duration{};  // of the request
    std::optional<std::size_t> ended{};                   // tokens that ended by the decision
    std::optional<std::size_t> changed{};                 // tokens that have other groups, units or another end by it
    std::string_view ended_accessor{};                    // of a token that ended and is not that of `accessor`
};

// Returns the record as one line of JSON, with its newline. All members are there but for the durations and counts that
// are not known, an empty `operator_name` ("operator") and an empty `ended_accessor`. What is not printable is escaped.
std::string format_record(audit_record const& r, timestamp when);

// Returns the line that says how many records before it are lost.
std::string format_loss(std::size_t records, timestamp when);

}  // namespace tokend
