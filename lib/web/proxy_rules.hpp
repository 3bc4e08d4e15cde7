#pragma once

#include "base/address.hpp"
#include "http/forwarded.hpp"
#include "web/client.hpp"

#include <algorithm>
#include <vector>

namespace tokend {

// The peers whose word on a client's address counts.
struct trusted_peers
{
    std::vector<network> networks{};
    bool on_unix_sockets = false;  // all that connect through a Unix socket

    bool empty() const noexcept { return networks.empty() && !on_unix_sockets; }
    bool contain(client const& peer) const noexcept
    {
        return peer.address ? std::any_of(networks.begin(), networks.end(),
                                          [&](network const& n) { return n.contains(*peer.address); })
                            : on_unix_sockets;
    }
    bool operator==(trusted_peers const&) const = default;
};

// The proxies in front of a listener, and how they name the client.
struct proxy_rules
{
    trusted_peers trusted{};
    client_field client_from = client_field::none;  // of each request
    bool protocol = false;                          // each connection begins with a PROXY header

    // Returns true if the requests of this peer name their clients.
    bool names_clients(client const& peer) const noexcept
    {
        return client_from != client_field::none && trusted.contain(peer);
    }
    bool operator==(proxy_rules const&) const = default;
};

}  // namespace tokend
