#include "web/net/listener.hpp"

#include "base/insist.hpp"
#include "web/net/adoption.hpp"
#include "web/net/binding.hpp"
#include "web/net/peer_process.hpp"
#include "web/net/serve.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <netinet/tcp.h>

#include <algorithm>
#include <utility>

namespace tokend {
namespace {

using protocol = asio::generic::stream_protocol;

constexpr int backlog = 4096;  // the kernel lowers it to net.core.somaxconn
// Of each connection, in bytes; the kernel doubles it. Otherwise the kernel would keep megabytes for a client that
// takes no responses.
constexpr int send_buffer = 64 * 1024;

// An open connection, as its worker and its front count it. Goes with the connection, however that ends.
class counted_connection
{
public:
    counted_connection(worker& by, std::shared_ptr<std::atomic<std::size_t>> open) : by_{&by}, open_{std::move(open)}
    {
        open_->fetch_add(1, std::memory_order_relaxed);
        by_->count_connection(1);
    }
    counted_connection(counted_connection&& other) noexcept : by_{other.by_}, open_{std::move(other.open_)} {}
    counted_connection& operator=(counted_connection&&) = delete;
    ~counted_connection()
    {
        if (!open_)
            return;
        open_->fetch_sub(1, std::memory_order_relaxed);
        by_->count_connection(-1);
    }

private:
    worker* by_;
    std::shared_ptr<std::atomic<std::size_t>> open_;  // null: it has moved on
};

}  // namespace

listener::listener(asio::io_context& loop, listener_options const& options, socket_address const& address,
                   std::shared_ptr<front const> at, std::span<std::unique_ptr<worker> const> workers, logger& log)
    : acceptor_{loop.get_executor()},
      pause_{loop.get_executor()},
      at_{std::move(at)},
      workers_{workers},
      log_{log},
      bound_to_{address}
{
    boost::system::error_code ec;
    bind_to(acceptor_, address, ec);
    if (ec)
        fail_to_listen(address, ec);
    if (auto const* const file = std::get_if<unix_path>(&address))
        file_ = socket_file{file->path};
    else
        bound_to_ = tcp_address::of(*acceptor_.local_endpoint().data()).value();
    protect(options);  // before the socket listens, so that no client comes in under the permissions of the umask
    acceptor_.listen(backlog, ec);
    if (ec)
        fail_to_listen(address, ec);
}

listener::listener(asio::io_context& loop, listener_options const& options, listening_address const& address,
                   int descriptor, std::shared_ptr<front const> at, std::span<std::unique_ptr<worker> const> workers,
                   logger& log)
    : acceptor_{loop.get_executor()},
      pause_{loop.get_executor()},
      at_{std::move(at)},
      workers_{workers},
      log_{log},
      bound_to_{adopt(acceptor_, address, descriptor, options)}
{
    auto const* const file = std::get_if<unix_path>(&address.kind());  // that of fd:NAME is the service manager's
    if (file == nullptr)
        return;
    file_ = socket_file{file->path};
    protect(options);
}

listener::~listener() { close(); }

void listener::start()
{
    boost::system::error_code ignored;
    acceptor_.set_option(asio::socket_base::send_buffer_size{send_buffer}, ignored);  // connections inherit it
    auto begin = [self = shared_from_this()] { self->accept_next(); };
    insist([&] { asio::post(acceptor_.get_executor(), begin); });
}

void listener::protect(listener_options const& options) const { file_.protect(options.unix_mode, options.unix_group); }

void listener::close()
{
    file_.remove();
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void listener::leave()
{
    file_.leave();
    close();
}

worker& listener::least_busy() const
{
    return **std::min_element(workers_.begin(), workers_.end(),
                              [](auto const& a, auto const& b) { return a->connections() < b->connections(); });
}

// By handlers and not by a coroutine: without memory a coroutine would end, and nobody would accept from then on. The
// handlers keep this object alive.
void listener::accept_next()
{
    if (!acceptor_.is_open())
        return;
    auto& to = least_busy();
    auto accepted = [self = shared_from_this(), &to](boost::system::error_code const& failed, socket_type socket) {
        self->take(failed, std::move(socket), to);
    };
    insist([&] { acceptor_.async_accept(to.loop().get_executor(), peer_, accepted); });
}

void listener::take(boost::system::error_code const& failed, socket_type socket, worker& to)
{
    if (!failed)
        try
        {
            in_trouble_ = false;
            client from{ip_address::of(*peer_.data())};
            if (at_->asks_processes && !from.address)
                from.process = process_behind(socket.native_handle());
            hand_over(std::move(socket), to, std::move(from));
        }
        catch (std::exception const& e)
        {
            log_.count(log_level::error, "a connection is closed, because it cannot be served", e.what(),
                       {{"listener", at_->name}, {"reason", e.what()}});
        }
    else if (acceptor_.is_open() && failed != boost::system::errc::connection_aborted)
    {
        if (!std::exchange(in_trouble_, true))
            log_.count(log_level::error, "cannot accept connections, trying again", failed.message(),
                       {{"address", text_of(bound_to_)}, {"reason", failed.message()}});
        return pause();
    }
    accept_next();
}

// There is no descriptor. Accepting again at once would only spin.
void listener::pause()
{
    pause_.expires_after(std::chrono::milliseconds{100});
    auto over = [self = shared_from_this()](boost::system::error_code const&) { self->accept_next(); };
    insist([&] { pause_.async_wait(over); });
}

// Where connections begin with a PROXY header, only trusted proxies may connect: anybody else could name any client.
bool listener::is_expected(client const& from) noexcept
{
    if (!at_->proxies.protocol || at_->proxies.trusted.contains(from.address))
        return true;
    log_.count(log_level::warning, "a connection did not come from a trusted proxy, and was closed", at_->name,
               {{"listener", at_->name}, {"peer", from.text()}});
    return false;
}

// A client that has too many is not told so: an answer would keep yet another connection.
std::optional<client_connections::place> listener::find_place(client const& from, worker& to) noexcept
{
    auto const most = at_->network_connections;
    if (most == 0 || !from.address || at_->proxies.trusted.contains(from.address))
        return client_connections::place{};
    auto place = to.state().shared.connections.take(*from.address, most);
    if (!place)
        log_.count(log_level::warning, "a client network has too many connections, and one was closed", at_->name,
                   {{"listener", at_->name}, {"peer", from.text()}});
    return place;
}

void listener::hand_over(socket_type socket, worker& to, client from)
{
    auto const connections = at_->connections->load(std::memory_order_relaxed);
    if (connections >= at_->max_connections + at_->max_turned_away || !is_expected(from))
        return;  // closes it
    auto place = find_place(from, to);
    if (!place)
        return;
    if (from.address)
    {
        int const yes = 1;
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    counted_connection counted{to, at_->connections};
    auto serving = connections >= at_->max_connections ? turn_away(std::move(socket), to, at_, from)
                                                       : serve(std::move(socket), to, at_, from);
    auto ended = [counted = std::move(counted), place = *std::move(place), &log = log_](std::exception_ptr thrown) {
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
    auto const adopt_all = [&](std::vector<int> const& descriptors) {
        for (int const descriptor : descriptors)
            made.push_back(std::make_shared<listener>(loop, options, address, descriptor, at, workers, log));
    };
    if (auto const left = inherited.of(address.text()); !left.empty())
        adopt_all(left);
    else if (auto const* const port = std::get_if<localhost_port>(&address.kind()))
    {
        add(port->v4());
        auto const bound = std::get<tcp_address>(made.front()->bound_to()).port;  // another one if `port` is 0
        if_there_is_one([&] { add(localhost_port{bound}.v6()); });
    }
    else if (auto const* const tcp = std::get_if<tcp_address>(&address.kind()))
        add(*tcp);
    else if (auto const* const name = std::get_if<inherited_socket>(&address.kind()))
        adopt_all(find_inherited(inherited, *name));
    else
        add(std::get<unix_path>(address.kind()));
    return made;
}

}  // namespace tokend
