#pragma once

#include "web/services.hpp"

#include <chrono>
#include <memory>

namespace tokend::test {

// What a worker shares with the others, without a backend.
struct parts
{
    explicit parts(log_options options) : log{clock, options} {}

    tokend::clock clock;
    logger log;
    tokend::table table{{.capacity = 1000}};
    tokend::sessions sessions{table};
    tokend::services services{sessions, clock, log};
    std::shared_ptr<setup const> config =
        std::make_shared<setup const>(setup{http_options{}, authenticator{{}, {}, std::chrono::milliseconds{0}}});
};

}  // namespace tokend::test
