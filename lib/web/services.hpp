#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "credential/authenticator.hpp"
#include "table/tokens_file.hpp"
#include "token/sessions.hpp"
#include "web/json_reader.hpp"
#include "web/options.hpp"
#include "web/request.hpp"
#include "web/text_buffer.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace tokend {

// Configuration and backends as one immutable whole. A worker has its own pointer to it and a login holds a reference, so that the
// last one that needs an old setup ends it.
struct setup
{
    http_options http;
    tokend::authenticator authenticator;
};

// What all workers share. The daemon owns it.
struct services
{
    tokend::sessions& sessions;
    tokend::clock const& clock;
    logger& log;
    tokens_file* file = nullptr;            // where tokens survive; null: nowhere
    durability ends = durability::written;  // how safe the end of a token is when it is answered
    std::atomic<bool> draining{false};      // set at the first sign of stopping; readyz says so
    bool ready() const noexcept
    {
        return !draining.load(std::memory_order_relaxed) && (file == nullptr || file->takes_issues());
    }
};

// What a worker lends to the request that it is serving; one thread's own. Not to be used across a wait.
struct workbench
{
    explicit workbench(http_options const& o) : json{o.limits.body_bytes} {}
    json_reader json;
    inspection seen;
    entropy random;
    text_buffer data;                                 // of an answer, while it is put together
    std::string name;                                 // of a parameter in a query
    std::string value;                                // decoded
    std::chrono::sys_seconds unknown_parameter_at{};  // when the log was last told of one
};

class rechecker;
class worker;

// One request's surroundings.
struct context
{
    tokend::services& services;
    setup const& config;  // held by whoever waits
    workbench& bench;
    rechecker& checks;
    timestamp received;  // the worker's clock, read once for a batch of requests
    std::string_view client_address;
    std::string_view request_id;
    bool legacy = false;  // came in under a legacy prefix
    worker* home = nullptr;
    std::string who{};  // for the decision, once it is known
};

}  // namespace tokend
