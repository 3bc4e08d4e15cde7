#include "web/net/serve.hpp"

#include "web/net/connection.hpp"
#include "web/net/plain_stream.hpp"

#include <utility>

namespace tokend {

task<void> serve(stream_socket socket, worker& home, front const& at, client from)
{
    plain_stream stream{std::move(socket)};
    connection<plain_stream> c{stream, home, at, std::move(from)};
    bool const ready = co_await c.shake_hands();
    if (ready)
        co_await c.serve();
}

task<void> turn_away(stream_socket socket, worker& home, front const& at, client from)
{
    plain_stream stream{std::move(socket)};
    connection<plain_stream> c{stream, home, at, std::move(from)};
    bool const ready = co_await c.shake_hands();
    if (ready)
        co_await c.turn_away();
}

}  // namespace tokend
