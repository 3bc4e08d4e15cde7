#include "web/net/binding.hpp"

#include "base/text.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace tokend {
namespace {

using protocol = asio::generic::stream_protocol;
using acceptor_type = asio::basic_socket_acceptor<protocol, executor>;

constexpr std::string_view unix_scheme = "unix:";
constexpr std::string_view localhost = "localhost:";

protocol::endpoint tcp_endpoint(std::string const& address)
{
    auto const colon = address.rfind(':');
    auto const port = colon == address.npos ? std::nullopt : parse_number(std::string_view{address}.substr(colon + 1));
    auto host = address.substr(0, std::min(colon, address.size()));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    boost::system::error_code ec;
    auto const ip = asio::ip::make_address(host, ec);
    if (ec || !port || *port > 65535)
        throw std::invalid_argument{"cannot listen on " + address +
                                    ": write ADDRESS:PORT, [ADDRESS]:PORT or unix:/PATH"};
    return asio::ip::tcp::endpoint{ip, static_cast<asio::ip::port_type>(*port)};
}

// An IPv6 address is that alone: IPv4 has addresses of its own.
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

protocol::endpoint unix_endpoint(std::string const& path) { return asio::local::stream_protocol::endpoint{path}; }

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

// A file that a killed process has left behind is in the way; one that somebody listens on is not ours to remove.
void remove_stale(executor const& on, std::string const& path, protocol::endpoint const& endpoint)
{
    boost::system::error_code ec;
    if (is_socket(path) && !is_served(on, endpoint, ec))
        ::unlink(path.c_str());
}

void try_to_bind(asio::io_context& loop, std::string const& address)
{
    acceptor_type acceptor{loop.get_executor()};
    boost::system::error_code ec;
    bind_to(acceptor, tcp_endpoint(address), ec);
    if (ec)
        fail_to_listen(address, ec);
}

// Binding would leave a file behind, or take one away.
void try_unix_path(asio::io_context& loop, std::string const& address, std::string const& path)
{
    boost::system::error_code ec;
    boost::system::error_code ignored;
    auto const folder = path.substr(0, path.rfind('/') + 1);
    if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0)
        ec.assign(errno, boost::system::system_category());
    else if (::access(path.c_str(), F_OK) == 0 &&
             (!is_socket(path) || is_served(loop.get_executor(), unix_endpoint(path), ignored)))
        ec.assign(EADDRINUSE, boost::system::system_category());
    if (ec)
        fail_to_listen(address, ec);
}

}  // namespace

void fail_to_listen(std::string const& address, boost::system::error_code const& why)
{
    throw std::system_error{why.value(), std::system_category(), "cannot listen on " + address};
}

std::string unix_path(std::string const& address)
{
    auto path = address.starts_with(unix_scheme) ? address.substr(unix_scheme.size()) : std::string{};
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        throw std::invalid_argument{"cannot listen on " + address + ": the path is too long for a Unix socket"};
    return path;
}

bool is_localhost(std::string const& address) noexcept { return address.starts_with(localhost); }

std::string port_of(std::string const& address) { return address.substr(address.rfind(':') + 1); }

void bind_to(acceptor_type& acceptor, std::string const& address, boost::system::error_code& ec)
{
    auto const path = unix_path(address);
    if (path.empty())
        return bind_to(acceptor, tcp_endpoint(address), ec);
    remove_stale(acceptor.get_executor(), path, unix_endpoint(path));
    bind_to(acceptor, unix_endpoint(path), ec);
}

void try_to_listen(std::string const& address)
{
    asio::io_context loop{1};
    if (auto const path = unix_path(address); !path.empty())
        return try_unix_path(loop, address, path);
    if (!is_localhost(address))
        return try_to_bind(loop, address);
    try_to_bind(loop, "127.0.0.1:" + port_of(address));
    if_there_is_one([&] { try_to_bind(loop, "[::1]:" + port_of(address)); });
}

}  // namespace tokend
