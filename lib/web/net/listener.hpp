#pragma once

#include "base/inherited_sockets.hpp"
#include "base/log.hpp"
#include "base/task.hpp"
#include "base/wakeup.hpp"
#include "web/client.hpp"
#include "web/client_connections.hpp"
#include "web/front.hpp"
#include "web/net/binding.hpp"
#include "web/net/socket_file.hpp"
#include "web/net/worker.hpp"
#include "web/options.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tokend {

// One listening socket, TCP or Unix. Accepts on the given loop and hands each connection to the worker that has the
// fewest. Pauses while the descriptor table is full.
class listener : public std::enable_shared_from_this<listener>
{
public:
    static constexpr std::size_t most_turned_away = 64;  // a good front::max_turned_away

    // Binds. Throws std::system_error, whose text names the address. REQUIRES: all references outlive this object, and
    // the workers outlive the loop, which may hold a connection that is accepted for one of them.
    listener(asio::io_context& loop, listener_options const& options, socket_address const& address,
             std::shared_ptr<front const> at, std::span<std::unique_ptr<worker> const> workers, logger& log);
    // Adopts a copy of a socket that another process has opened for this address. Throws as adopt() does.
    listener(asio::io_context& loop, listener_options const& options, listening_address const& address, int descriptor,
             std::shared_ptr<front const> at, std::span<std::unique_ptr<worker> const> workers, logger& log);
    ~listener();  // closes

    std::string const& name() const noexcept { return at_->name; }  // of its section
    // The address with the real port.
    socket_address const& bound_to() const noexcept { return bound_to_; }

    // Begins to accept. This object then lives until it is closed or the loop ends. Loop thread only, or before the
    // loop runs. REQUIRES: a std::shared_ptr owns it.
    void start();
    // Gives the file of a Unix socket these permissions. Throws std::system_error.
    void protect(listener_options const& options) const;
    // Connections from now on belong to this front. Loop thread only, or before the loop runs.
    void use(std::shared_ptr<front const> next) noexcept { at_ = std::move(next); }
    // Stops accepting, and removes the file of a Unix socket. Loop thread only, or after the loop has stopped.
    void close();
    // The same, but the file stays: another process accepts on the socket.
    void leave();
    // Accepts for as long as this object is open.
    int native_handle() noexcept { return acceptor_.native_handle(); }

private:
    using protocol = asio::generic::stream_protocol;

    using socket_type = asio::basic_stream_socket<protocol, executor>;

    void accept_next();
    void take(boost::system::error_code const& failed, socket_type socket, worker& to);
    void pause();
    void hand_over(socket_type socket, worker& to, client from);
    bool is_expected(client const& from) noexcept;
    std::optional<client_connections::place> find_place(client const& from, worker& to) noexcept;
    worker& least_busy() const;

    asio::basic_socket_acceptor<protocol, executor> acceptor_;
    steady_timer pause_;
    protocol::endpoint peer_;  // of the connection that is accepted next
    bool in_trouble_ = false;  // it has been logged that connections cannot be accepted
    std::shared_ptr<front const> at_;
    std::span<std::unique_ptr<worker> const> workers_;
    logger& log_;
    socket_address bound_to_;
    socket_file file_;  // of a Unix socket that is not the service manager's
};

// Makes the listeners of an address: one, but for localhost one on 127.0.0.1 and one on ::1 if the system has that
// address, and for fd:NAME one for each socket of that name in `inherited`. Sockets that have the text of the address
// as their name are adopted instead: a process that is replaced has left them. Throws as the constructors and
// find_inherited() do.
std::vector<std::shared_ptr<listener>> listen_on(asio::io_context& loop, listener_options const& options,
                                                 listening_address const& address, inherited_sockets const& inherited,
                                                 std::shared_ptr<front const> at,
                                                 std::span<std::unique_ptr<worker> const> workers, logger& log);

}  // namespace tokend
