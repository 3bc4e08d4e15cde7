#pragma once

#include "contract/contract.hpp"
#include "contract/shared_daemon.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tokend::test {

struct reading_json
{
    static daemon_options options() { return {demonstration(), {"--login.failure-time=0ms"}}; }
};

// The body of a login, and the code that must answer it.
struct body
{
    std::string text;
    std::string_view code = "MALFORMED_REQUEST";
};

// Sends all bodies over one connection to served<reading_json>: no body that was read ends the connection.
void check_bodies(std::vector<body> const& bodies);

}  // namespace tokend::test
