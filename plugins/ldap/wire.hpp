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

// TLS 1.2 or later, the peer always verified. Throws std::invalid_argument, naming the file.
asio::ssl::context make_tls(std::string const& ca_file);

// A host's addresses: of a number at once, else by the resolver, which runs on a thread of Asio's and cannot be
// interrupted: what is late is dropped. Throws outage.
task<addresses> resolve(endpoint to, time_point until);

// The bytes between us and one server, plain or TLS. Every function throws outage with what went wrong; close() ends
// what is in progress. One read and one write may be in progress at once.
class wire
{
public:
    explicit wire(executor const& on) : socket_{on} {}

    // To the first that answers; each has its share of the time that is left until then.
    task<void> connect(addresses const& to, server_settings const& how, time_point until);
    // The certificate must be good and name `name`.
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
