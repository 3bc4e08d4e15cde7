#pragma once

#include "credential/authenticator.hpp"
#include "web/operators.hpp"
#include "web/options.hpp"

namespace tokend {

// The configuration and the backends as one immutable whole. Each worker and each request that waits holds a pointer to
// it, so that the last holder of an old setup ends it.
struct setup
{
    http_options http;
    tokend::authenticator authenticator;
    tokend::operators operators{};
    rate_limit network_rate{};  // of the requests of each client network
};

}  // namespace tokend
