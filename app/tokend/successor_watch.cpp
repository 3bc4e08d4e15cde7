#include "app/tokend/successor_watch.hpp"

#include "base/socket_passing.hpp"
#include "base/wakeup.hpp"
#include "web/net/binding.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <unistd.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace tokend {

successor_watch::successor_watch(asio::io_context& loop, logger& log, duties of)
    : acceptor_{loop.get_executor()}, log_{log}, duties_{std::move(of)}
{}

void successor_watch::start(unix_path const& at)
{
    boost::system::error_code ec;
    bind_to(acceptor_, at, ec);
    if (ec)
        fail_to_listen(at, ec);
    file_ = socket_file{at.path};
    file_.protect(0600, {});
    acceptor_.listen(1, ec);
    if (ec)
        fail_to_listen(at, ec);
    auto serving = serve();
    asio::co_spawn(acceptor_.get_executor(), std::move(serving), asio::detached);
}

void successor_watch::close()
{
    file_.remove();
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

// A successor that finds a mistake in its own configuration closes the connection, and nothing has happened.
task<void> successor_watch::serve()
{
    steady_timer pause{acceptor_.get_executor()};
    while (acceptor_.is_open())
    {
        auto [failed_to_accept, successor] = co_await acceptor_.async_accept(as_result);
        if (failed_to_accept)
        {
            // There is no descriptor, or the acceptor is closed. Accepting again at once would only spin.
            pause.expires_after(std::chrono::milliseconds{100});
            co_await pause.async_wait(as_result);
            continue;
        }
        pass_sockets(successor);
        char word = 0;
        auto const [failed, count] = co_await successor.async_receive(asio::buffer(&word, 1), as_result);
        if (failed || count == 0)
            continue;
        close();
        duties_.end(peer_of(successor.native_handle()).pid);
    }
}

void successor_watch::pass_sockets(stream& to)
try
{
    auto const peer = peer_of(to.native_handle());
    if (peer.user != 0 && peer.user != ::geteuid())
        throw std::runtime_error{"the process belongs to user " + std::to_string(peer.user)};
    send_sockets(to.native_handle(), duties_.sockets());
}
catch (std::exception const& e)
{
    log_.error("no sockets are passed to another process", {{"reason", e.what()}});
    boost::system::error_code ignored;
    to.shutdown(asio::socket_base::shutdown_both, ignored);
}

}  // namespace tokend
