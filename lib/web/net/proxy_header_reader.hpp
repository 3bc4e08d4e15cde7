#pragma once

#include "http/proxy_header.hpp"
#include "web/net/transfer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tokend {

// Takes a PROXY header off the beginning of a connection, and nothing behind it. Not thread-safe.
class proxy_header_reader
{
public:
    // Reads what has arrived. Does not wait. The outcome is `done` once the header is complete, and `ended` if it is
    // malformed or the peer sends nothing more. REQUIRES: nobody else reads from the socket before.
    transfer read(int socket);

    bool is_complete() const noexcept { return header_.what == proxy_header::state::complete; }
    // The client that the header names. Nothing: the connection's own address counts.
    std::optional<ip_address> const& client() const noexcept { return header_.client; }
    // What is wrong with a header that has not become complete. Empty if no byte of it has come.
    std::string_view fault() const noexcept;

private:
    std::string so_far_;
    proxy_header header_;
};

}  // namespace tokend
