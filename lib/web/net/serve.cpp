#include "web/net/serve.hpp"

#include "web/front.hpp"
#include "web/net/connection.hpp"
#include "web/net/plain_stream.hpp"
#include "web/net/proxied.hpp"

#include <utility>

namespace tokend {
namespace {

// An untrusted peer does not come this far, so that a bad header is the mistake of a proxy, or of its configuration.
void report_header(std::string_view fault, front const& at, client const& from, logger& log)
{
    if (!fault.empty())
        log.count(log_level::warning, "a connection did not begin with a PROXY header, and was closed", fault,
                  {{"listener", at.name}, {"proxy", from.text()}, {"header", fault}});
}

// Makes the stream, and does `What` on a connection over it.
template <class Stream, task<void> (connection<Stream>::*What)()>
task<void> over(stream_socket socket, worker& home, std::shared_ptr<front const> at, client from)
{
    Stream stream{std::move(socket)};
    connection<Stream> c{stream, home, *at, from};
    bool const ready = co_await c.shake_hands();
    if (ready)
        co_await (c.*What)();
    else if constexpr (requires { stream.header_fault(); })
        report_header(stream.header_fault(), *at, from, home.state().shared.log);
}

}  // namespace

task<void> serve(stream_socket socket, worker& home, std::shared_ptr<front const> at, client from)
{
    using behind_proxy = proxied<plain_stream>;
    if (at->proxies.protocol)
        return over<behind_proxy, &connection<behind_proxy>::serve>(std::move(socket), home, std::move(at), from);
    return over<plain_stream, &connection<plain_stream>::serve>(std::move(socket), home, std::move(at), from);
}

task<void> turn_away(stream_socket socket, worker& home, std::shared_ptr<front const> at, client from)
{
    using behind_proxy = proxied<plain_stream>;
    if (at->proxies.protocol)
        return over<behind_proxy, &connection<behind_proxy>::turn_away>(std::move(socket), home, std::move(at), from);
    return over<plain_stream, &connection<plain_stream>::turn_away>(std::move(socket), home, std::move(at), from);
}

}  // namespace tokend
