#pragma once

#include "base/address.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace tokend {

// Clients or peers, by their addresses.
struct address_set
{
    std::vector<network> networks{};
    bool unix_sockets = false;  // all that connect through a Unix socket, who have no address

    bool empty() const noexcept { return networks.empty() && !unix_sockets; }
    bool contains(std::optional<ip_address> const& address) const noexcept
    {
        if (!address)
            return unix_sockets;
        return std::any_of(networks.begin(), networks.end(), [&](network const& n) { return n.contains(*address); });
    }
    bool operator==(address_set const&) const = default;
};

}  // namespace tokend
