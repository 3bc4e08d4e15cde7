#include "web/listener.hpp"

#include "web/binding.hpp"
#include "web/session.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace tokend {
namespace {

using protocol = asio::generic::stream_protocol;
using steady_timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, executor>;

constexpr int backlog = 4096;                 // the kernel cuts it to net.core.somaxconn
constexpr std::size_t most_turned_away = 64;  // at once, past the cap on connections

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

listener::listener(asio::io_context& loop, listener_options const& options, socket_address const& address,
                   std::span<route const> routes, std::span<std::unique_ptr<worker> const> workers,
                   std::size_t max_connections, logger& log)
    : acceptor_{loop.get_executor()},
      routes_{routes},
      workers_{workers},
      max_connections_{max_connections},
      log_{log},
      name_{options.name}
{
    auto const* const file = std::get_if<unix_path>(&address);
    boost::system::error_code ec;
    bind_to(acceptor_, address, ec);
    if (!ec && file)
    {
        auto const& path = file->path;
        struct stat made
        {};
        if (::lstat(path.c_str(), &made) == 0)
            file_ = {path, made.st_dev, made.st_ino};
        if (::chmod(path.c_str(), options.unix_mode) != 0)
            ec.assign(errno, boost::system::system_category());
    }
    if (!ec)
        acceptor_.listen(backlog, ec);
    if (ec)
        fail_to_listen(address, ec);
    bound_to_ = file ? address : tcp_address::of(*acceptor_.local_endpoint().data()).value();
}

listener::~listener() { close(); }

void listener::start()
{
    auto accepting = accept_all();
    asio::co_spawn(acceptor_.get_executor(), std::move(accepting), asio::detached);
}

void listener::close()
{
    remove_file();
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

// Before the socket closes: until then no other process takes the file for one that was left behind.
void listener::remove_file() noexcept
{
    auto const file = std::exchange(file_, {});
    struct stat found
    {};
    if (!file.path.empty() && ::lstat(file.path.c_str(), &found) == 0 && found.st_dev == file.device &&
        found.st_ino == file.inode)
        ::unlink(file.path.c_str());
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
                log_.count(log_level::error, "cannot accept connections, trying again", ec.message(),
                           {{"address", text_of(bound_to_)}, {"reason", ec.message()}});
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

std::vector<std::unique_ptr<listener>> listen_on(asio::io_context& loop, listener_options const& options,
                                                 listening_address const& address, std::span<route const> routes,
                                                 std::span<std::unique_ptr<worker> const> workers,
                                                 std::size_t max_connections, logger& log)
{
    std::vector<std::unique_ptr<listener>> made;
    auto const add = [&](socket_address const& to) {
        made.push_back(std::make_unique<listener>(loop, options, to, routes, workers, max_connections, log));
    };
    if (auto const* const port = std::get_if<localhost_port>(&address.kind()))
    {
        add(port->v4());
        auto const bound = std::get<tcp_address>(made.front()->bound_to()).port;  // another one if `port` is 0
        if_there_is_one([&] { add(localhost_port{bound}.v6()); });
    }
    else if (auto const* const tcp = std::get_if<tcp_address>(&address.kind()))
        add(*tcp);
    else
        add(std::get<unix_path>(address.kind()));
    return made;
}

}  // namespace tokend
