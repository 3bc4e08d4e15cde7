#pragma once

#include "base/address.hpp"
#include "base/rate.hpp"
#include "http/limits.hpp"
#include "tls/options.hpp"
#include "web/operators.hpp"
#include "web/proxy_rules.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tokend {

struct json_limits
{
    std::size_t depth = 8;            // levels of objects and arrays. The outermost is 1.
    std::size_t members = 64;         // in one object
    std::size_t total_members = 256;  // in all objects together
};

struct http_options
{
    message_limits limits;
    json_limits json;
    std::chrono::milliseconds header_timeout =
        std::chrono::seconds{10};  // from a request's first byte to the end of its headers
    std::chrono::milliseconds body_timeout =
        std::chrono::seconds{10};  // from the end of the headers to the end of the body
    std::chrono::milliseconds idle_timeout = std::chrono::seconds{30};   // between two requests
    std::chrono::milliseconds write_timeout = std::chrono::seconds{15};  // for a client to take its response
    std::chrono::milliseconds linger_timeout = std::chrono::seconds{2};  // reading on after an error response
    std::vector<std::string> legacy_prefixes;                            // native paths also answer under these
    bool legacy_always_200 = false;
    std::string verify_cookie;  // name of a cookie that may carry the token to /auth/verify. Empty: no cookie may.
    bool verify_query_token = false;  // X-Original-URI and X-Forwarded-Uri may carry ?token=
};

struct server_options
{
    std::size_t workers = 0;                   // 0: one per core
    std::size_t max_connections = 10'000;      // of each listener that sets no limit of its own
    std::size_t network_connections = 0;       // open at once from one client network; 0: no limit
    std::chrono::milliseconds drain_delay{0};  // from SIGTERM (readyz turns 503) to closed acceptors
    std::chrono::milliseconds drain_timeout =
        std::chrono::seconds{4};   // for running requests to end and plugins to stop
    rate_limit network_rate{};     // of the requests of each client network
    unix_path take_over_socket{};  // where a process asks that replaces this one; empty: nobody can
};

struct admin_options
{
    std::vector<operator_rule> operators{{.role = role::admin, .kind = operator_kind::user, .name = "root"}};
    std::filesystem::path token_file{};  // holds the token of the rules of kind bearer; empty: no rule has it
};

// The methods that a listener serves.
enum class service
{
    public_methods,
    admin,
    metrics
};

struct listener_options
{
    bool serves(service s) const noexcept { return std::find(serve.begin(), serve.end(), s) != serve.end(); }

    std::string name{};   // "public"
    std::string where{};  // of its section, for errors
    std::vector<listening_address> addresses{};
    std::vector<service> serve{service::public_methods};  // in the order of the enumeration
    std::size_t max_connections = 0;                      // 0: that of the server
    bool allow_plain_http = false;                        // off loopback
    unsigned unix_mode = 0660;                            // permissions of a Unix socket
    std::string unix_group{};  // of a Unix socket: a name or a number. Empty: that of the process
    rate_limit rate{};         // of requests
    proxy_rules proxies{};
    tls_options tls{};
    std::size_t max_handshakes = 1000;  // of TLS, in flight at once
    std::chrono::milliseconds handshake_timeout = std::chrono::seconds{10};
};

}  // namespace tokend
