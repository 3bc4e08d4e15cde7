#pragma once

#include "base/address.hpp"
#include "base/inherited_sockets.hpp"
#include "base/log.hpp"
#include "base/task.hpp"
#include "web/net/socket_file.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include <sys/types.h>

#include <functional>
#include <vector>

namespace tokend {

// Waits on a Unix socket for a process that takes the listening sockets over, `tokend --take-over`; see predecessor.
// That process must belong to the same user, or to root. Serves one at a time. Loop thread only.
class successor_watch
{
public:
    struct duties
    {
        // The sockets that are passed on, each with the text of its address as its name.
        std::function<std::vector<inherited_sockets::named_socket>()> sockets;
        // The process `successor` has them, and waits until this process has ended.
        std::function<void(pid_t successor)> end;
    };

    // REQUIRES: `loop` and `log` outlive this object.
    successor_watch(asio::io_context& loop, logger& log, duties of);
    ~successor_watch() { close(); }

    // Listens there, for this user alone. Throws std::system_error.
    void start(unix_path const& at);
    // Lets no other process in.
    void close();

private:
    using protocol = asio::generic::stream_protocol;
    using stream = asio::basic_stream_socket<protocol, executor>;

    task<void> serve();
    void pass_sockets(stream& to);

    asio::basic_socket_acceptor<protocol, executor> acceptor_;
    logger& log_;
    duties const duties_;
    socket_file file_;
};

}  // namespace tokend
