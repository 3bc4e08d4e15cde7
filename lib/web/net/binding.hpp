#pragma once

#include "base/task.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <string>
#include <system_error>

namespace tokend {

// Addresses to listen on: "127.0.0.1:8080", "[::1]:8080", "localhost:8080", "unix:/run/tokend/public.sock".

// Binds a socket to any of these but localhost. An IPv6 address does not serve IPv4 as well. A Unix socket's file that
// nobody listens on is removed before. Throws std::invalid_argument for what is no address.
void bind_to(asio::basic_socket_acceptor<asio::generic::stream_protocol, executor>& acceptor,
             std::string const& address, boost::system::error_code& ec);

std::string unix_path(std::string const& address);  // empty: it is no Unix socket
bool is_localhost(std::string const& address) noexcept;
std::string port_of(std::string const& address);

// Calls `use_address`, and ignores that the system has no such address or no addresses of that family.
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

// Throws std::system_error if nobody could listen on the address now, and leaves nothing behind.
void try_to_listen(std::string const& address);

[[noreturn]] void fail_to_listen(std::string const& address, boost::system::error_code const& why);

}  // namespace tokend
