#pragma once

#include "base/task.hpp"
#include "web/reply.hpp"
#include "http/request.hpp"
#include "web/services.hpp"

#include <span>
#include <string_view>

namespace tokend {

enum class body_use
{
    json,     // read, and its media type checked
    ignored,  // read away
    refused   // never read: the answer goes out on the headers
};

// A method of ours. It has one of two shapes: `answer` touches few tokens and returns the answer, `ask` waits for a backend, or while
// other clients are answered. The session waits for the rest.
struct route
{
    std::string_view name;  // for the decision
    std::string_view path;
    std::string_view allow;  // verbs, as in the Allow header; empty: any
    bool native = false;     // also under every legacy prefix
    bool subtree = false;    // everything below the path too
    body_use body = body_use::ignored;
    void (*answer)(request_view const&, context&, reply&) = nullptr;
    task<void> (*ask)(request_view const&, context&, reply&) = nullptr;
    bool changes_tokens =
        false;  // a good answer goes out when the change is in the tokens file, as safe as ends are to be
};

struct route_match
{
    tokend::route const* route = nullptr;  // null: no such path
    bool legacy = false;                   // the path is under a legacy prefix, known or not
};

// What the public listener serves.
std::span<route const> public_routes() noexcept;

// Paths are compared byte for byte; one trailing slash is accepted.
route_match find_route(std::span<route const> routes, std::string_view path, http_options const& options) noexcept;

// Admission: what the headers decide, before the body. Path, verb, media type. (Request rates and caps belong here.)
result<void> admit(request_view const& request, route_match const& match) noexcept;

}  // namespace tokend
