#pragma once

#include "base/address_set.hpp"
#include "http/forwarded.hpp"
#include "web/client.hpp"

namespace tokend {

// The proxies in front of a listener, and how they name the client.
struct proxy_rules
{
    address_set trusted{};                          // peers whose word on a client's address counts
    client_field client_from = client_field::none;  // of each request
    bool protocol = false;                          // each connection begins with a PROXY header

    // Returns true if the requests of this peer name their clients.
    bool names_clients(client const& peer) const noexcept
    {
        return client_from != client_field::none && trusted.contains(peer.address);
    }
    bool operator==(proxy_rules const&) const = default;
};

}  // namespace tokend
