#pragma once

#include "web/proxy_rules.hpp"

#include <atomic>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace tokend {

struct route;

// What one listener offers: its name, the methods that are served there, the proxies that it trusts, and its own cap
// on connections, so that a flood of one front locks no other out. Every connection and every request knows its front.
// The daemon owns it.
struct front
{
    front(std::string listener, std::span<route const> methods, std::size_t cap, proxy_rules in_front = {})
        : name{std::move(listener)}, routes{methods}, max_connections{cap}, proxies{std::move(in_front)}
    {}

    std::string const name;  // of the listener: "public"
    std::span<route const> const routes;
    std::size_t const max_connections;
    proxy_rules const proxies;
    std::atomic<std::size_t> connections{0};  // open ones. Any thread.
};

}  // namespace tokend
