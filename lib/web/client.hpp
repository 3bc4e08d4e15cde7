#pragma once

#include "base/address.hpp"

#include <memory>
#include <optional>
#include <string>

namespace tokend {

// Who is at the other end of a connection, as far as the network knows, or whom a trusted proxy serves there.
struct client
{
    std::optional<ip_address> address;  // nothing: it came through a Unix socket

    // The subject of its certificate (RFC 4514), which an authority of the listener has signed. Null: it showed none.
    std::shared_ptr<std::string const> certificate_subject{};

    // For the log and for principals: the address, or "unix".
    std::string text() const { return address ? address->text() : "unix"; }
};

}  // namespace tokend
