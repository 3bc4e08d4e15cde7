#include "web/net/adoption.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <system_error>

namespace tokend {
namespace {

using protocol = asio::generic::stream_protocol;

[[noreturn]] void fail(listening_address const& name, int error)
{
    throw std::system_error{error, std::system_category(), "cannot listen on " + name.text()};
}

// The value of an option of the socket, or -1 if it is no socket.
int option_of(int descriptor, int option) noexcept
{
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

bool is_listening_stream(int descriptor) noexcept
{
    int const family = option_of(descriptor, SO_DOMAIN);
    return option_of(descriptor, SO_ACCEPTCONN) == 1 && option_of(descriptor, SO_TYPE) == SOCK_STREAM &&
           (family == AF_UNIX || family == AF_INET || family == AF_INET6);
}

// The path of a Unix socket; '@' and the name of an abstract one.
unix_path path_of(sockaddr_un const& address, socklen_t size)
{
    std::string path{address.sun_path, std::min<std::size_t>(size, sizeof address) - offsetof(sockaddr_un, sun_path)};
    if (path.starts_with('\0'))
        path.front() = '@';
    else
        path.resize(std::min(path.find('\0'), path.size()));
    return {std::move(path)};
}

socket_address address_of(listening_address const& name, int descriptor)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail(name, errno);
    if (address.ss_family == AF_UNIX)
        return path_of(reinterpret_cast<sockaddr_un const&>(address), size);
    return tcp_address::of(reinterpret_cast<sockaddr const&>(address)).value();
}

}  // namespace

std::vector<int> find_inherited(inherited_sockets const& from, inherited_socket const& wanted)
{
    auto found = from.of(wanted.name);
    if (!found.empty())
        return found;
    auto const names = from.names();
    throw std::runtime_error{wanted.text() + " was not passed to tokend; " +
                             (names.empty()
                                  ? "no socket was: start it by a socket unit with FileDescriptorName=" + wanted.name
                                  : "the sockets that were passed have the names " + join(names, ", "))};
}

socket_address adopt(asio::basic_socket_acceptor<protocol, executor>& acceptor, listening_address const& name,
                     int descriptor, listener_options const& options)
{
    if (!is_listening_stream(descriptor))
        throw std::runtime_error{
            name.text() + " is not a listening stream socket; the socket unit needs ListenStream= and Accept=no"};
    auto address = address_of(name, descriptor);
    auto const* const tcp = std::get_if<tcp_address>(&address);
    if (tcp != nullptr && !tcp->host.is_loopback() && !options.tls.enabled() && !options.allow_plain_http)
        throw std::runtime_error{name.text() + " is " + tcp->text() +
                                 ", which is not loopback, and passwords would cross the network unencrypted; if that "
                                 "is meant, set allow-plain-http = yes in [listen." +
                                 options.name + "]"};
    int const copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    if (copy < 0 || ::fcntl(copy, F_SETFL, O_NONBLOCK) != 0)
        fail(name, errno);
    boost::system::error_code ec;
    acceptor.assign(protocol{option_of(copy, SO_DOMAIN), option_of(copy, SO_PROTOCOL)}, copy, ec);
    if (!ec)
        return address;
    ::close(copy);
    fail(name, ec.value());
}

}  // namespace tokend
