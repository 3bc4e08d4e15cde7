#include "web/net/listener.hpp"

#include "base/system_group.hpp"
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

constexpr int backlog = 4096;  // the kernel lowers it to net.core.somaxconn

}  // namespace

listener::listener(asio::io_context& loop, listener_options const& options, socket_address const& address,
                   std::shared_ptr<front const> at, std::span<std::unique_ptr<worker> const> workers, logger& log)
    : acceptor_{loop.get_executor()}, at_{std::move(at)}, workers_{workers}, log_{log}, bound_to_{address}
{
    boost::system::error_code ec;
    bind_to(acceptor_, address, ec);
    if (ec)
        fail_to_listen(address, ec);
    if (auto const* const file = std::get_if<unix_path>(&address))
        note_file(file->path);
    else
        bound_to_ = tcp_address::of(*acceptor_.local_endpoint().data()).value();
    try
    {
        protect(options);
        acceptor_.listen(backlog, ec);
        if (ec)
            fail_to_listen(address, ec);
    }
    catch (...)
    {
        remove_file();
        throw;
    }
}

void listener::note_file(std::string const& path)
{
    struct stat made
    {};
    if (::lstat(path.c_str(), &made) == 0)
        file_ = {path, made.st_dev, made.st_ino};
}

// Before the socket listens, so that no client comes in under the permissions of the umask.
void listener::protect(listener_options const& options) const
{
    if (file_.path.empty())
        return;
    auto const* const path = file_.path.c_str();
    auto const group = options.unix_group.empty() ? std::nullopt : find_group(options.unix_group);
    bool const has_group = !group || ::chown(path, static_cast<uid_t>(-1), *group) == 0;
    if (!has_group || ::chmod(path, options.unix_mode) != 0)
        throw std::system_error{errno, std::system_category(),
                                "cannot give unix:" + file_.path + " its mode and group"};
}

listener::listener(asio::io_context& loop, listener_options const& options, inherited_socket const& name,
                   int descriptor, std::shared_ptr<front const> at, std::span<std::unique_ptr<worker> const> workers,
                   logger& log)
    : acceptor_{loop.get_executor()},
      at_{std::move(at)},
      workers_{workers},
      log_{log},
      bound_to_{adopt(acceptor_, name, descriptor, options)}
{}

listener::~listener() { close(); }

void listener::start()
{
    auto accepting = accept_all(shared_from_this());
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

// `self` keeps this object alive.
task<void> listener::accept_all([[maybe_unused]] std::shared_ptr<listener> self)
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

// Where connections begin with a PROXY header, only trusted proxies may connect: anybody else could name any client.
bool listener::is_expected(client const& from) noexcept
{
    if (!at_->proxies.protocol || at_->proxies.trusted.contain(from))
        return true;
    log_.count(log_level::warning, "a connection did not come from a trusted proxy, and was closed", at_->name,
               {{"listener", at_->name}, {"peer", from.text()}});
    return false;
}

void listener::hand_over(asio::basic_stream_socket<protocol, executor> socket, worker& to, client from)
{
    auto const connections = at_->connections->load(std::memory_order_relaxed);
    if (connections >= at_->max_connections + most_turned_away || !is_expected(from))
        return;  // closes it
    if (from.address)
    {
        int const yes = 1;
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    at_->connections->fetch_add(1, std::memory_order_relaxed);
    to.count_connection(1);
    auto serving = connections >= at_->max_connections ? turn_away(std::move(socket), to, at_, from)
                                                       : serve(std::move(socket), to, at_, from);
    auto ended = [&to, open = at_->connections, &log = log_](std::exception_ptr thrown) {
        open->fetch_sub(1, std::memory_order_relaxed);
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

std::vector<std::shared_ptr<listener>> listen_on(asio::io_context& loop, listener_options const& options,
                                                 listening_address const& address, inherited_sockets const& inherited,
                                                 std::shared_ptr<front const> at,
                                                 std::span<std::unique_ptr<worker> const> workers, logger& log)
{
    std::vector<std::shared_ptr<listener>> made;
    auto const add = [&](socket_address const& to) {
        made.push_back(std::make_shared<listener>(loop, options, to, at, workers, log));
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
            made.push_back(std::make_shared<listener>(loop, options, *name, descriptor, at, workers, log));
    else
        add(std::get<unix_path>(address.kind()));
    return made;
}

}  // namespace tokend
