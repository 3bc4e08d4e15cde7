#include "support/raw_client.hpp"

#include "support/secrets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tokend::test {

namespace {

void connect(int socket, sockaddr const& peer, socklen_t size, std::string const& address)
{
    if (::connect(socket, &peer, size) != 0)
        throw std::system_error{errno, std::generic_category(), "connect " + address};
}

descriptor connect_unix(std::string const& path)
{
    descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"};
    sockaddr_un peer{};
    peer.sun_family = AF_UNIX;
    if (path.size() >= sizeof peer.sun_path)
        throw std::length_error{"path of a Unix socket: " + path};
    std::copy(path.begin(), path.end(), peer.sun_path);
    connect(socket.get(), reinterpret_cast<sockaddr const&>(peer), sizeof peer, path);
    return socket;
}

struct tcp_endpoint
{
    sockaddr_storage bytes{};
    socklen_t size = 0;
};

tcp_endpoint tcp_endpoint_of(std::string const& host, std::string const& port)
{
    tcp_endpoint e;
    auto const number = htons(static_cast<in_port_t>(std::stoul(port)));
    auto& v4 = reinterpret_cast<sockaddr_in&>(e.bytes);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(e.bytes);
    if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1)
    {
        v4.sin_family = AF_INET;
        v4.sin_port = number;
        e.size = sizeof v4;
    }
    else if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1)
    {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = number;
        e.size = sizeof v6;
    }
    else
        throw std::invalid_argument{"address " + host};
    return e;
}

descriptor connect_tcp(std::string const& address, std::string const& own)
{
    auto const colon = address.rfind(':');
    auto host = address.substr(0, colon);
    if (host.starts_with('['))
        host = host.substr(1, host.size() - 2);
    auto const peer = tcp_endpoint_of(host, address.substr(colon + 1));
    descriptor socket{::socket(peer.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"};
    if (!own.empty())
    {
        auto const from = tcp_endpoint_of(own, "0");
        if (::bind(socket.get(), reinterpret_cast<sockaddr const*>(&from.bytes), from.size) != 0)
            throw std::system_error{errno, std::generic_category(), "bind " + own};
    }
    connect(socket.get(), reinterpret_cast<sockaddr const&>(peer.bytes), peer.size, address);
    return socket;
}

descriptor open_connection(std::string const& address, std::string const& own)
{
    constexpr std::string_view unix_scheme = "unix:";
    auto socket =
        address.starts_with(unix_scheme) ? connect_unix(address.substr(unix_scheme.size())) : connect_tcp(address, own);
    ::timeval const limit{60 * patience, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return socket;
}

}  // namespace

raw_client::raw_client(std::string const& address, std::string const& own, answers_from peer)
    : socket_{open_connection(address, own)},
      exchange_{peer == answers_from::tokend ? std::optional<exchange>{std::in_place} : std::nullopt}
{}

void raw_client::send(std::string_view bytes)
{
    note_secrets(bytes);
    if (exchange_)
        exchange_->sent(bytes);
    while (!bytes.empty())
    {
        auto const count = ::send(socket(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && (errno == EPIPE || errno == ECONNRESET))
            return;
        if (count < 0)
            throw std::runtime_error{std::string{"send: "} + std::strerror(errno)};
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void raw_client::finish_sending() { ::shutdown(socket(), SHUT_WR); }

bool raw_client::receive_more()
{
    char bytes[16384];
    auto const count = ::recv(socket(), bytes, sizeof bytes, 0);
    if (count < 0 && errno != ECONNRESET)
        throw std::runtime_error{std::string{"receive: "} + std::strerror(errno)};
    if (count <= 0)
        return false;
    unread_.append(bytes, static_cast<std::size_t>(count));
    return true;
}

std::optional<answer> raw_client::receive_headers()
{
    constexpr std::string_view empty_line = "\r\n\r\n";
    std::size_t end = 0;
    while ((end = unread_.find(empty_line)) == std::string::npos)
        if (!receive_more())
        {
            if (!unread_.empty())
                not_http(unread_);
            return std::nullopt;
        }
    auto a = parse_answer_head(std::string_view{unread_}.substr(0, end + 2));
    unread_.erase(0, end + empty_line.size());
    return a;
}

std::optional<answer> raw_client::receive_or_end()
{
    auto a = receive_headers();
    if (!a)
        return a;
    auto const size = a->body_size();
    while (unread_.size() < size)
        if (!receive_more())
            not_http("the body is cut off: " + unread_);
    a->body = unread_.substr(0, size);
    note_secrets(a->body);
    unread_.erase(0, size);
    if (exchange_)
        exchange_->answered(*a, true);
    return a;
}

answer raw_client::receive()
{
    auto a = receive_or_end();
    if (!a)
        throw std::runtime_error{"the connection was closed without an answer"};
    return std::move(*a);
}

answer raw_client::receive_to_head()
{
    auto a = receive_headers();
    if (!a)
        throw std::runtime_error{"the connection was closed without an answer"};
    if (exchange_)
        exchange_->answered(*a, false);
    return std::move(*a);
}

std::vector<answer> raw_client::receive_until_closed()
{
    std::vector<answer> all;
    while (auto a = receive_or_end())
        all.push_back(std::move(*a));
    return all;
}

std::string raw_client::receive_bytes_until_closed()
{
    while (receive_more())
    {}
    return std::exchange(unread_, {});
}

bool raw_client::has_answer() const
{
    pollfd watched{socket(), POLLIN, 0};
    return !unread_.empty() || ::poll(&watched, 1, 0) > 0;
}

answer ask(std::string const& address, std::string_view request)
{
    raw_client client{address};
    client.send(request);
    return client.receive();
}

}  // namespace tokend::test
