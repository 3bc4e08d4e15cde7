#include "web/net/serve.hpp"

#include "web/net/connection.hpp"
#include "web/net/plain_stream.hpp"

#include <utility>

namespace tokend {
namespace {

// Makes the stream, and does `what` on a connection over it.
template <class Stream>
task<void> over(stream_socket socket, worker& home, front const& at, client from,
                task<void> (connection<Stream>::*what)())
{
    Stream stream{std::move(socket)};
    connection<Stream> c{stream, home, at, std::move(from)};
    bool const ready = co_await c.shake_hands();
    if (ready)
        co_await (c.*what)();
}

}  // namespace

task<void> serve(stream_socket socket, worker& home, front const& at, client from)
{
    return over(std::move(socket), home, at, std::move(from), &connection<plain_stream>::serve);
}

task<void> turn_away(stream_socket socket, worker& home, front const& at, client from)
{
    return over(std::move(socket), home, at, std::move(from), &connection<plain_stream>::turn_away);
}

}  // namespace tokend
