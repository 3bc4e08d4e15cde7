#pragma once

#include "base/address.hpp"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tokend {

// The process at the other end of a Unix socket, as the kernel vouches for it (SO_PEERCRED and SO_PEERGROUPS, unix(7)).
struct unix_peer
{
    uid_t user = 0;
    std::vector<gid_t> groups{};  // all groups of the process
};

// Who is at the other end of a connection, as far as the network knows, or whom a trusted proxy serves there.
struct client
{
    std::optional<ip_address> address;  // nothing: it came through a Unix socket

    // The subject of its certificate (RFC 4514), which an authority of the listener has signed. Null: it showed none.
    std::shared_ptr<std::string const> certificate_subject{};

    // Null unless the listener serves operators and the client came through a Unix socket.
    std::shared_ptr<unix_peer const> process{};

    // For the log and for principals: the address, or "unix".
    std::string text() const { return address ? address->text() : "unix"; }
};

}  // namespace tokend
