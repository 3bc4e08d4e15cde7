#pragma once

#include "base/address.hpp"

#include <optional>
#include <string>

namespace tokend {

// Who is at the other end of a connection, as far as the network knows.
struct client
{
    std::optional<ip_address> address;  // nothing: it came through a Unix socket
    std::string text;                   // the address, or "unix": for the log and for principals
};

}  // namespace tokend
