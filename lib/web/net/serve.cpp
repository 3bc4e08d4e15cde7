#include "web/net/serve.hpp"

#include "web/net/connection.hpp"
#include "web/net/plain_stream.hpp"

#include <utility>

namespace tokend {
namespace {

// Makes the stream, and does `What` on a connection over it.
template <class Stream, task<void> (connection<Stream>::*What)()>
task<void> over(stream_socket socket, worker& home, std::shared_ptr<front const> at, client from)
{
    Stream stream{std::move(socket)};
    connection<Stream> c{stream, home, *at, from};
    bool const ready = co_await c.shake_hands();
    if (ready)
        co_await (c.*What)();
}

}  // namespace

task<void> serve(stream_socket socket, worker& home, std::shared_ptr<front const> at, client from)
{
    return over<plain_stream, &connection<plain_stream>::serve>(std::move(socket), home, std::move(at), from);
}

task<void> turn_away(stream_socket socket, worker& home, std::shared_ptr<front const> at, client from)
{
    return over<plain_stream, &connection<plain_stream>::turn_away>(std::move(socket), home, std::move(at), from);
}

}  // namespace tokend
