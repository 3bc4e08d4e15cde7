#pragma once

#include "base/log.hpp"
#include "table/table.hpp"
#include "token/sessions.hpp"
#include "web/client.hpp"
#include "web/front.hpp"
#include "web/methods/public_routes.hpp"
#include "web/services.hpp"
#include "web/setup.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace tokend::test {

inline client somebody() { return {ip_address::parse("192.0.2.7")}; }

// Nobody is ever locked out by it.
inline authenticator asks(std::vector<std::shared_ptr<backend>> backends)
{
    static lockouts failures;
    static blocking_pool pool{1, 0};
    login_options options;
    options.failure_time = std::chrono::milliseconds{0};
    options.lockout.failures = options.lockout.name_failures = 0;
    return authenticator{std::move(backends), {}, options, failures, pool};
}

// What a worker shares with the others, without a backend, and the public front.
struct parts
{
    explicit parts(log_options options, http_options const& http = {})
        : log{clock, options}, config{std::make_shared<setup const>(setup{http, asks({})})}
    {}

    tokend::clock clock;
    logger log;
    tokend::table table{{.capacity = 1000}};
    tokend::sessions sessions{table};
    tokend::services services{{sessions, clock, log}};
    std::shared_ptr<setup const> config;
    std::shared_ptr<front const> public_front = std::make_shared<front const>(front{"public", public_routes(), 1000});
};

}  // namespace tokend::test
