#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

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

// What one listener offers: its name, the methods that are served there, and its own cap on connections, so that a
// flood of one front locks no other out. Every connection and every request knows its front. The daemon owns it.
struct front
{
    front(std::string listener, std::span<route const> methods, std::size_t cap, front_tls secured = {})
        : name{std::move(listener)}, routes{methods}, max_connections{cap}, tls{std::move(secured)}
    {}

    std::string const name;  // of the listener: "public"
    std::span<route const> const routes;
    std::size_t const max_connections;
    front_tls const tls;
    std::atomic<std::size_t> connections{0};         // open ones. Any thread.
    mutable std::atomic<std::size_t> handshakes{0};  // in flight. Any thread.
};

}  // namespace tokend
