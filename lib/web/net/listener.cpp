#include "web/net/listener.hpp"

#include "base/wakeup.hpp"
#include "web/net/adoption.hpp"
#include "web/net/binding.hpp"
#include "web/net/serve.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace tokend {
namespace {

using protocol = asio::generic::stream_protocol;

constexpr int backlog = 4096;                 // the kernel lowers it to net.core.somaxconn
constexpr std::size_t most_turned_away = 64;  // at once, above the cap on connections

}  // namespace

listener::listener(asio::io_context& loop, listener_options const& options, socket_address const& address, front& at,
                   std::span<std::unique_ptr<worker> const> workers, logger& log)
    : acceptor_{loop.get_executor()}, at_{at}, workers_{workers}, log_{log}
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

listener::listener(asio::io_context& loop, listener_options const& options, inherited_socket const& name,
                   int descriptor, front& at, std::span<std::unique_ptr<worker> const> workers, logger& log)
    : acceptor_{loop.get_executor()},
      at_{at},
      workers_{workers},
      log_{log},
      bound_to_{adopt(acceptor_, name, descriptor, options)}
{}

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

// Comes before the socket closes: until then no other process takes the file for one that was left behind.
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
            hand_over(std::move(socket), to, {ip_address::of(*peer.data())});
        }
        else if (acceptor_.is_open() && ec != boost::system::errc::connection_aborted)
        {
            // There is no descriptor or no memory. Accepting again at once would only spin.
            if (!std::exchange(in_trouble, true))
                log_.count(log_level::error, "cannot accept connections, trying again", ec.message(),
                           {{"address", text_of(bound_to_)}, {"reason", ec.message()}});
            pause.expires_after(std::chrono::milliseconds{100});
            co_await pause.async_wait(as_result);
        }
    }
}

void listener::hand_over(asio::basic_stream_socket<protocol, executor> socket, worker& to, client from)
{
    auto const connections = at_.connections.load(std::memory_order_relaxed);
    if (connections >= at_.max_connections + most_turned_away)
        return;  // closes it
    if (from.address)
    {
        int const yes = 1;
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    at_.connections.fetch_add(1, std::memory_order_relaxed);
    to.count_connection(1);
    auto serving = connections >= at_.max_connections ? turn_away(std::move(socket), to, at_, from)
                                                      : serve(std::move(socket), to, at_, from);
    auto ended = [&to, &at = at_, &log = log_](std::exception_ptr thrown) {
        at.connections.fetch_sub(1, std::memory_order_relaxed);
        to.count_connection(-1);
        try
        {
            if (thrown)
                std::rethrow_exception(thrown);
        }
        catch (std::exception const& e)
        {
            log.error("a connection ended with an exception", {{"what", e.what()}});
        }
    };
    asio::co_spawn(to.loop(), std::move(serving), std::move(ended));
}

std::vector<std::unique_ptr<listener>> listen_on(asio::io_context& loop, listener_options const& options,
                                                 listening_address const& address, inherited_sockets const& inherited,
                                                 front& at, std::span<std::unique_ptr<worker> const> workers,
                                                 logger& log)
{
    std::vector<std::unique_ptr<listener>> made;
    auto const add = [&](socket_address const& to) {
        made.push_back(std::make_unique<listener>(loop, options, to, at, workers, log));
    };
    if (auto const* const port = std::get_if<localhost_port>(&address.kind()))
    {
        add(port->v4());
        auto const bound = std::get<tcp_address>(made.front()->bound_to()).port;  // another one if `port` is 0
        if_there_is_one([&] { add(localhost_port{bound}.v6()); });
    }
    else if (auto const* const tcp = std::get_if<tcp_address>(&address.kind()))
        add(*tcp);
    else if (auto const* const name = std::get_if<inherited_socket>(&address.kind()))
        for (int const descriptor : find_inherited(inherited, *name))
            made.push_back(std::make_unique<listener>(loop, options, *name, descriptor, at, workers, log));
    else
        add(std::get<unix_path>(address.kind()));
    return made;
}

}  // namespace tokend
