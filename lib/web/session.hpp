#pragma once

#include "base/task.hpp"
#include "web/router.hpp"
#include "web/worker.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <span>
#include <string>

namespace tokend {

// One socket type for TCP, Unix sockets and descriptors that are handed to us.
using stream_socket = asio::basic_stream_socket<asio::generic::stream_protocol, executor>;

// Serves one connection to its end. On the loop of `home`, which outlives it, as `routes` do. `peer` is the client's address as text.
task<void> serve(stream_socket socket, worker& home, std::span<route const> routes, std::string peer);

// Tells a client that there are too many connections, and closes.
task<void> turn_away(stream_socket socket, worker& home);

}  // namespace tokend
