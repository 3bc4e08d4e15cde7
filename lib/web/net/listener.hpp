#pragma once

#include "base/log.hpp"
#include "base/task.hpp"
#include "web/client.hpp"
#include "web/front.hpp"
#include "web/net/binding.hpp"
#include "web/net/worker.hpp"
#include "web/options.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <sys/types.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tokend {

// One listening socket: TCP or Unix. Accepts on the loop it is given and hands each connection to the worker that has the fewest.
// A full descriptor table makes it pause, not spin.
class listener
{
public:
    // Binds. Throws std::system_error whose text names the address. REQUIRES: everything outlives this object.
    listener(asio::io_context& loop, listener_options const& options, socket_address const& address, front& at,
             std::span<std::unique_ptr<worker> const> workers, logger& log);
    ~listener();  // closes

    // The address with the port that it really has.
    socket_address const& bound_to() const noexcept { return bound_to_; }

    // Begins to accept. On the loop's thread, or before the loop runs.
    void start();
    // Stops accepting, and removes a Unix socket's file if it still is the one that was bound. On the loop's thread, or
    // when the loop runs no more.
    void close();

private:
    using protocol = asio::generic::stream_protocol;

    // The file of a Unix socket that was bound here. Another process may have put its own in the same place since.
    struct unix_file
    {
        std::string path;  // empty: there is none
        dev_t device = 0;
        ino_t inode = 0;
    };

    void remove_file() noexcept;
    task<void> accept_all();
    void hand_over(asio::basic_stream_socket<protocol, executor> socket, worker& to, client from);
    worker& least_busy() const;

    asio::basic_socket_acceptor<protocol, executor> acceptor_;
    front& at_;
    std::span<std::unique_ptr<worker> const> workers_;
    logger& log_;
    socket_address bound_to_;
    unix_file file_;
};

// The listeners of an address: one, but localhost has one for 127.0.0.1 and one for ::1, if the system has that
// address. Throws as the constructor does.
std::vector<std::unique_ptr<listener>> listen_on(asio::io_context& loop, listener_options const& options,
                                                 listening_address const& address, front& at,
                                                 std::span<std::unique_ptr<worker> const> workers, logger& log);

}  // namespace tokend
