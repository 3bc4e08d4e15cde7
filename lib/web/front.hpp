#pragma once

#include "base/counts.hpp"
#include "base/rate.hpp"
#include "web/proxy_rules.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace tokend {

struct route;
class tls_context;

// The TLS of one listener. Without a context its connections are plain.
struct front_tls
{
    std::shared_ptr<tls_context const> context{};
    std::size_t max_handshakes = 1000;  // in flight; further connections are closed
    std::chrono::milliseconds handshake_timeout = std::chrono::seconds{10};  // from accept to the last byte of it
};

// What one listener offers: its name, the methods that are served there, its TLS, the proxies that it trusts, and its
// own cap on connections, so that a flood of one front locks no other out. Immutable: a reload makes another front, and
// every connection keeps the one that it began with.
struct front
{
    std::string name;  // of the listener: "public"
    std::span<route const> routes;
    std::size_t max_connections;
    std::size_t max_turned_away = 64;  // connections at once, above the cap, that are answered so; more are closed
    proxy_rules proxies{};
    front_tls tls{};
    rate_limit rate{};
    std::size_t network_connections = 0;  // open at once from one client network; 0: as many as it likes
    bool asks_processes = false;          // which user is at the other end of a Unix socket
    // Open ones. The fronts that a listener has one after the other share this counter. Any thread.
    std::shared_ptr<std::atomic<std::size_t>> connections = std::make_shared<std::atomic<std::size_t>>(0);
    // TLS handshakes in flight, likewise.
    std::shared_ptr<std::atomic<std::size_t>> handshakes = std::make_shared<std::atomic<std::size_t>>(0);
    std::shared_ptr<shared_count> handshakes_completed = std::make_shared<shared_count>();
    // Of its requests, likewise.
    std::shared_ptr<rate_meter> meter = std::make_shared<rate_meter>();
};

}  // namespace tokend
