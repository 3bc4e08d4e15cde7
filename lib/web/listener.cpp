#include "web/listener.hpp"

#include "base/text.hpp"
#include "web/session.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <system_error>

namespace tokend {
namespace {

using protocol = asio::generic::stream_protocol;
using steady_timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, executor>;

constexpr std::string_view unix_scheme = "unix:";
constexpr int backlog = 4096;                 // the kernel cuts it to net.core.somaxconn
constexpr std::size_t most_turned_away = 64;  // at once, past the cap on connections

[[noreturn]] void fail(std::string const& address, boost::system::error_code const& why)
{
    throw std::system_error{why.value(), std::system_category(), "cannot listen on " + address};
}

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

// A file that a killed process has left behind is in the way; one that somebody listens on is not ours to remove.
void remove_stale(asio::io_context& loop, std::string const& path, protocol::endpoint const& endpoint)
{
    struct stat s
    {};
    if (::lstat(path.c_str(), &s) != 0 || !S_ISSOCK(s.st_mode))
        return;
    asio::basic_stream_socket<protocol, executor> probe{loop.get_executor(), endpoint.protocol()};
    boost::system::error_code ec;
    probe.connect(endpoint, ec);
    if (ec == boost::system::errc::connection_refused)
        ::unlink(path.c_str());
}

std::string text_of(protocol::endpoint const& endpoint)
{
    asio::ip::tcp::endpoint tcp;
    if (endpoint.size() > tcp.capacity())
        return {};
    std::copy_n(reinterpret_cast<unsigned char const*>(endpoint.data()), endpoint.size(),
                reinterpret_cast<unsigned char*>(tcp.data()));
    tcp.resize(endpoint.size());
    auto const address = tcp.address().to_string();
    return (tcp.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(tcp.port());
}

std::string peer_of(protocol::endpoint const& endpoint)
{
    auto const family = endpoint.protocol().family();
    if (family != AF_INET && family != AF_INET6)
        return "unix";
    auto address = text_of(endpoint);
    address.resize(address.rfind(':'));
    if (address.starts_with('['))
        address = address.substr(1, address.size() - 2);
    return address;
}

}  // namespace

listener::listener(asio::io_context& loop, listener_options const& options, std::string const& address,
                   std::span<route const> routes, std::span<std::unique_ptr<worker> const> workers,
                   std::size_t max_connections, logger& log)
    : acceptor_{loop.get_executor()}, routes_{routes}, workers_{workers}, max_connections_{max_connections}, log_{log}
{
    bool const is_unix = address.starts_with(unix_scheme);
    auto const path = is_unix ? address.substr(unix_scheme.size()) : std::string{};
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        throw std::invalid_argument{"cannot listen on " + address + ": the path is too long for a Unix socket"};
    protocol::endpoint const endpoint =
        is_unix ? protocol::endpoint{asio::local::stream_protocol::endpoint{path}} : tcp_endpoint(address);
    if (is_unix)
        remove_stale(loop, path, endpoint);
    boost::system::error_code ec;
    acceptor_.open(endpoint.protocol(), ec);
    if (!ec && !is_unix)
        acceptor_.set_option(asio::socket_base::reuse_address{true}, ec);
    if (!ec)
        acceptor_.bind(endpoint, ec);
    if (!ec && is_unix)
    {
        unix_path_ = path;
        if (::chmod(path.c_str(), options.unix_mode) != 0)
            ec.assign(errno, boost::system::system_category());
    }
    if (!ec)
        acceptor_.listen(backlog, ec);
    if (ec)
        fail(address, ec);
    bound_to_ = is_unix ? address : text_of(acceptor_.local_endpoint());
}

listener::~listener() { close(); }

void listener::start()
{
    auto accepting = accept_all();
    asio::co_spawn(acceptor_.get_executor(), std::move(accepting), asio::detached);
}

void listener::close()
{
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    if (auto const path = std::exchange(unix_path_, {}); !path.empty())
        ::unlink(path.c_str());
}

worker& listener::least_busy() const
{
    return **std::min_element(workers_.begin(), workers_.end(),
                              [](auto const& a, auto const& b) { return a->connections() < b->connections(); });
}

task<void> listener::accept_all()
{
    steady_timer pause{acceptor_.get_executor()};
    bool in_trouble = false;
    while (acceptor_.is_open())
    {
        auto& to = least_busy();
        protocol::endpoint peer;
        asio::basic_stream_socket<protocol, executor> socket{to.loop().get_executor()};
        auto const [ec] = co_await acceptor_.async_accept(socket, peer, as_result);
        if (!ec)
        {
            in_trouble = false;
            hand_over(std::move(socket), to, peer_of(peer));
        }
        else if (acceptor_.is_open() && ec != boost::system::errc::connection_aborted)
        {
            // No descriptor, no memory: accepting again at once would only spin.
            if (!std::exchange(in_trouble, true))
                log_.error("cannot accept connections, trying again",
                           {{"address", bound_to_}, {"reason", ec.message()}});
            pause.expires_after(std::chrono::milliseconds{100});
            co_await pause.async_wait(as_result);
        }
    }
}

void listener::hand_over(asio::basic_stream_socket<protocol, executor> socket, worker& to, std::string peer)
{
    std::size_t connections = 0;
    for (auto const& w : workers_)
        connections += w->connections();
    if (connections >= max_connections_ + most_turned_away)
        return;  // closes it
    if (peer != "unix")
    {
        int const yes = 1;
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    to.count_connection(1);
    auto session = connections >= max_connections_ ? turn_away(std::move(socket), to)
                                                   : serve(std::move(socket), to, routes_, std::move(peer));
    auto ended = [&to, &log = log_](std::exception_ptr trouble) {
        to.count_connection(-1);
        try
        {
            if (trouble)
                std::rethrow_exception(trouble);
        }
        catch (std::exception const& e)
        {
            log.error("a session ended with an exception", {{"what", e.what()}});
        }
    };
    asio::co_spawn(to.loop(), std::move(session), std::move(ended));
}

}  // namespace tokend
