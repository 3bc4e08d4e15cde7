#pragma once

#include "base/log_line.hpp"
#include "base/task.hpp"
#include "http/request.hpp"
#include "web/decision.hpp"
#include "web/message/reply.hpp"
#include "web/operators.hpp"
#include "web/options.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tokend {

class request_context;

enum class body_use
{
    json,     // read, and its media type checked
    ignored,  // read and dropped
    refused   // never read: the response goes out on the headers
};

// A method of ours. `answer` touches few tokens and never waits. `ask` is a coroutine that may wait for a backend, for
// other clients, or for a store; it never returns answered::later. Without `answer` every request goes to `ask`.
using answer_method = answered (*)(request_view const&, request_context&, reply&);
using ask_method = task<answered> (*)(request_view const&, request_context&, reply&);

// The paths that a route has.
enum class path_use
{
    exact,         // the path itself
    last_segment,  // the path and one segment below it, which the method gets as route_match::segment
    two_segments,  // the path and two segments below it, likewise: "one/two"
    subtree        // the path and everything below it
};

// One row of a table of routes: a path and a verb. Rows of one path stand side by side.
struct route
{
    std::string_view name;  // for the log and the audit log
    std::string_view verb;  // "GET" answers HEAD too; empty: every verb
    std::string_view path;
    path_use use = path_use::exact;
    bool native = false;  // also under every legacy prefix
    body_use body = body_use::ignored;
    tokend::dialect dialect = dialect::envelope;
    tokend::log_level log_level = log_level::debug;  // of its decisions, but for errors and outages
    tokend::audited audited = audited::nothing;
    std::optional<tokend::role> needs{};  // of an operator; nothing: everybody may call it
    bool takes_query = false;             // if not, an operator who sends one is refused: it would be ignored
    answer_method answer = nullptr;
    ask_method ask = nullptr;
    std::uint8_t number = 0;  // for metrics; 0: it has none
};

// Numbers the routes of a table, beginning with `First`.
template <std::size_t First, std::size_t Size>
constexpr std::array<route, Size> numbered(std::array<route, Size> table)
{
    for (std::size_t i = 0; i < Size; ++i)
        table[i].number = static_cast<std::uint8_t>(First + i);
    return table;
}

struct route_match
{
    tokend::route const* route = nullptr;  // null: there is no such path
    bool allows_verb = false;              // false: `route` is the first row of the path, and none has the verb
    bool legacy = false;                   // the path is under a legacy prefix, known or not
    std::string_view segment{};            // the last one where it is a variable, as sent
};

// Paths are compared byte for byte. One trailing slash is accepted.
[[nodiscard]] route_match find_route(std::span<route const> routes, std::string_view verb, std::string_view path,
                                     http_options const& options) noexcept;

// The value of Allow (RFC 9110 section 10.2.1): the verbs of all rows that have the path, in their order.
[[nodiscard]] std::string allowed_verbs(std::span<route const> routes, std::string_view path,
                                        http_options const& options);

}  // namespace tokend
