#include "web/net/binding.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tokend {
namespace {

using protocol = asio::generic::stream_protocol;
using acceptor_type = asio::basic_socket_acceptor<protocol, executor>;

protocol::endpoint endpoint_of(tcp_address const& address)
{
    auto const bytes = address.host.bytes();
    if (address.host.is_v4())
    {
        asio::ip::address_v4::bytes_type v4;
        std::copy(bytes.begin(), bytes.end(), v4.begin());
        return asio::ip::tcp::endpoint{asio::ip::address_v4{v4}, address.port};
    }
    asio::ip::address_v6::bytes_type v6;
    std::copy(bytes.begin(), bytes.end(), v6.begin());
    return asio::ip::tcp::endpoint{asio::ip::address_v6{v6, address.host.scope()}, address.port};
}

protocol::endpoint endpoint_of(unix_path const& address)
{
    return asio::local::stream_protocol::endpoint{address.path};
}

void bind_to(acceptor_type& acceptor, protocol::endpoint const& endpoint, boost::system::error_code& ec)
{
    auto const family = endpoint.protocol().family();
    acceptor.open(endpoint.protocol(), ec);
    if (!ec && family != AF_UNIX)
        acceptor.set_option(asio::socket_base::reuse_address{true}, ec);
    if (!ec && family == AF_INET6)
        acceptor.set_option(asio::ip::v6_only{true}, ec);
    if (!ec)
        acceptor.bind(endpoint, ec);
}

// Returns true if somebody listens on the Unix socket.
bool is_served(executor const& on, protocol::endpoint const& endpoint, boost::system::error_code& ec)
{
    asio::basic_stream_socket<protocol, executor> probe{on, endpoint.protocol()};
    probe.connect(endpoint, ec);
    return ec != boost::system::errc::connection_refused;
}

bool is_socket(std::string const& path) noexcept
{
    struct stat s
    {};
    return ::lstat(path.c_str(), &s) == 0 && S_ISSOCK(s.st_mode);
}

// A killed process leaves its file behind, and the file is in the way. The file of a process that listens stays.
void remove_stale(executor const& on, unix_path const& address)
{
    boost::system::error_code ec;
    if (is_socket(address.path) && !is_served(on, endpoint_of(address), ec))
        ::unlink(address.path.c_str());
}

void try_to_bind(asio::io_context& loop, tcp_address const& address)
{
    acceptor_type acceptor{loop.get_executor()};
    boost::system::error_code ec;
    bind_to(acceptor, endpoint_of(address), ec);
    if (ec)
        fail_to_listen(address, ec);
}

// Binding would leave a file behind, or remove one.
void try_to_bind(asio::io_context& loop, unix_path const& address)
{
    boost::system::error_code ec;
    boost::system::error_code ignored;
    auto const& path = address.path;
    auto const folder = path.substr(0, path.rfind('/') + 1);
    if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0)
        ec.assign(errno, boost::system::system_category());
    else if (::access(path.c_str(), F_OK) == 0 &&
             (!is_socket(path) || is_served(loop.get_executor(), endpoint_of(address), ignored)))
        ec.assign(EADDRINUSE, boost::system::system_category());
    if (ec)
        fail_to_listen(address, ec);
}

void try_to_bind(asio::io_context& loop, localhost_port const& address)
{
    try_to_bind(loop, address.v4());
    if_there_is_one([&] { try_to_bind(loop, address.v6()); });
}

// Only the process to which the service manager passes the sockets can say.
void try_to_bind(asio::io_context&, inherited_socket const&) noexcept {}

}  // namespace

void fail_to_listen(socket_address const& address, boost::system::error_code const& why)
{
    throw std::system_error{why.value(), std::system_category(), "cannot listen on " + text_of(address)};
}

std::string text_of(socket_address const& address)
{
    return std::visit([](auto const& kind) { return kind.text(); }, address);
}

void bind_to(acceptor_type& acceptor, socket_address const& address, boost::system::error_code& ec)
{
    if (auto const* const file = std::get_if<unix_path>(&address))
        remove_stale(acceptor.get_executor(), *file);
    bind_to(acceptor, std::visit([](auto const& kind) { return endpoint_of(kind); }, address), ec);
}

void try_to_listen(listening_address const& address)
{
    asio::io_context loop{1};
    std::visit([&](auto const& kind) { try_to_bind(loop, kind); }, address.kind());
}

}  // namespace tokend
