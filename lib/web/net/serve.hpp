#pragma once

#include "base/task.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "web/client.hpp"

#include <memory>

namespace tokend {

struct front;
class worker;

// One socket type for TCP, Unix sockets and descriptors that somebody hands us.
using stream_socket = asio::basic_stream_socket<asio::generic::stream_protocol, executor>;

// Serves one connection to its end, on the loop of `home`. REQUIRES: `home` outlives the coroutine.
task<void> serve(stream_socket socket, worker& home, std::shared_ptr<front const> at, client from);

// Answers that there are too many connections, and closes. REQUIRES what serve() does.
task<void> turn_away(stream_socket socket, worker& home, std::shared_ptr<front const> at, client from);

}  // namespace tokend
