#pragma once

#include "base/address.hpp"
#include "base/secret.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace tokend {

// The credentials of one request.
struct credentials
{
    enum class kind
    {
        password,
        code,
        identifier
    };

    kind presented = kind::password;
    std::string name;          // user name or identifier as typed; empty for a code
    secret proof;              // password, pass code or authentication code
    std::string organisation;  // as typed; empty: any that knows the code as an API key
    std::string unit;          // that the request names; may be empty
};

// The origin of a request, for plugins, log and audit.
struct asker
{
    std::optional<ip_address> address;  // of the client; nothing: it came through a Unix socket
    std::string client_address;         // as a text
    std::string request_id;
    // Set once the client has gone away, or has ended its side of the connection, while it waits. Null: not watched.
    std::shared_ptr<std::atomic<bool> const> gone{};

    bool is_gone() const noexcept { return gone != nullptr && gone->load(std::memory_order_relaxed); }
};

// The network that a client's failures and work are charged to; see network_of_client().
inline std::string network_of(asker const& from)
{
    return from.address ? network_of_client(*from.address).text() : "unix";
}

}  // namespace tokend
