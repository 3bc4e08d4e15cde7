#pragma once

#include "base/address.hpp"

#include <optional>
#include <string>

namespace tokend {

// Who is at the other end of a connection, as far as the network knows, or whom a trusted proxy serves there.
struct client
{
    std::optional<ip_address> address;  // nothing: it came through a Unix socket

    // For the log and for principals: the address, or "unix".
    std::string text() const { return address ? address->text() : "unix"; }
};

}  // namespace tokend
