#pragma once

#include "base/address.hpp"
#include "base/inherited_sockets.hpp"
#include "base/task.hpp"
#include "web/net/binding.hpp"
#include "web/options.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <vector>

// Listening sockets that another process has opened.
namespace tokend {

// Returns the descriptors of all sockets of that name, which `from` keeps. Throws std::runtime_error, whose text says
// which names there are, if there is no such socket.
std::vector<int> find_inherited(inherited_sockets const& from, inherited_socket const& wanted);

// Lets the acceptor accept on a copy of a socket that was passed for the address `name`, and returns the real address
// of the socket. Throws std::runtime_error, whose text has the name, if it is not a listening stream socket of TCP or
// Unix, or if it would carry passwords off loopback unencrypted without leave; std::system_error if the system refuses.
socket_address adopt(asio::basic_socket_acceptor<asio::generic::stream_protocol, executor>& acceptor,
                     listening_address const& name, int descriptor, listener_options const& options);

}  // namespace tokend
