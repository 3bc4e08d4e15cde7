#pragma once

#include "ldap/endpoint.hpp"
#include "ldap/settings.hpp"
#include "ldap/task.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <optional>
#include <string>
#include <vector>

namespace tokend::plugin::ldap {

using addresses = std::vector<asio::ip::tcp::endpoint>;

// A context for TLS 1.2 or later that always verifies the peer. Throws std::invalid_argument, naming the file.
asio::ssl::context make_tls(std::string const& ca_file);

// Returns a host's addresses: a numeric one at once, else those that the resolver finds. The resolver runs on a thread
// of Asio's and cannot be interrupted; a result after `until` is dropped. Throws outage.
task<addresses> resolve(endpoint to, time_point until);

// The stream of bytes to and from one server, plain or TLS. Every function throws outage, with the cause; close() ends
// those in progress. At most one read and one write at a time.
class wire
{
public:
    explicit wire(executor const& on) : socket_{on} {}

    // Connects to the first address that answers. Each has an equal share of the time that is left.
    task<void> connect(addresses const& to, server_settings const& how, time_point until);
    // Requires a valid certificate for `name`.
    task<void> handshake(asio::ssl::context& tls, std::string const& name);
    task<std::size_t> read_some(asio::mutable_buffer to);
    task<void> write(asio::const_buffer bytes);
    void close() noexcept;

private:
    using socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
    socket socket_;
    std::optional<asio::ssl::stream<socket&>> tls_;
};

}  // namespace tokend::plugin::ldap
