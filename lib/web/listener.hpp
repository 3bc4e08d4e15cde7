#pragma once

#include "base/log.hpp"
#include "base/task.hpp"
#include "web/binding.hpp"
#include "web/options.hpp"
#include "web/router.hpp"
#include "web/worker.hpp"

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
    listener(asio::io_context& loop, listener_options const& options, socket_address const& address,
             std::span<route const> routes, std::span<std::unique_ptr<worker> const> workers,
             std::size_t max_connections, logger& log);
    ~listener();  // closes

    std::string const& name() const noexcept { return name_; }  // of its section
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
    void hand_over(asio::basic_stream_socket<protocol, executor> socket, worker& to, std::string peer);
    worker& least_busy() const;

    asio::basic_socket_acceptor<protocol, executor> acceptor_;
    std::span<route const> routes_;
    std::span<std::unique_ptr<worker> const> workers_;
    std::size_t max_connections_;
    logger& log_;
    std::string const name_;
    socket_address bound_to_;
    unix_file file_;
};

// The listeners of an address: one, but localhost has one for 127.0.0.1 and one for ::1, if the system has that
// address. Throws as the constructor does.
std::vector<std::unique_ptr<listener>> listen_on(asio::io_context& loop, listener_options const& options,
                                                 listening_address const& address, std::span<route const> routes,
                                                 std::span<std::unique_ptr<worker> const> workers,
                                                 std::size_t max_connections, logger& log);

}  // namespace tokend
