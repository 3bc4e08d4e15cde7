#pragma once

#include "base/address.hpp"
#include "base/task.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <string>
#include <system_error>
#include <variant>

namespace tokend {

// The address where one socket listens. localhost is two of them.
using socket_address = std::variant<tcp_address, unix_path>;

std::string text_of(socket_address const& address);

// Binds a socket. An IPv6 address does not serve IPv4 as well. Removes the file of a Unix socket first if nobody
// listens on it.
void bind_to(asio::basic_socket_acceptor<asio::generic::stream_protocol, executor>& acceptor,
             socket_address const& address, boost::system::error_code& ec);

// Calls `use_address`, and ignores the error if the system has no such address or no addresses of that family.
template <class Use>
void if_there_is_one(Use use_address)
try
{
    use_address();
}
catch (std::system_error const& e)
{
    if (e.code() != std::errc::address_not_available && e.code() != std::errc::address_family_not_supported)
        throw;
}

// Throws std::system_error if nobody could listen on the address now, and leaves nothing behind. Of inherited sockets
// nothing is known beforehand.
void try_to_listen(listening_address const& address);

[[noreturn]] void fail_to_listen(socket_address const& address, boost::system::error_code const& why);

}  // namespace tokend
