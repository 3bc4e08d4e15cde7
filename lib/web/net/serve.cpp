#include "web/net/serve.hpp"

#include "tls/context.hpp"
#include "web/front.hpp"
#include "web/net/connection.hpp"
#include "web/net/plain_stream.hpp"
#include "web/net/proxied.hpp"
#include "web/net/tls_stream.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace tokend {
namespace {

using shared_front = std::shared_ptr<front const>;
using plain_behind_proxy = proxied<plain_stream>;
using tls_behind_proxy = proxied<tls_stream>;

// An untrusted peer does not come this far, so that a bad header is the mistake of a proxy, or of its configuration.
// Returns true if that was the reason.
template <class Stream>
bool log_bad_header(logger& log, front const& at, client const& from, Stream const& stream)
{
    if constexpr (requires { stream.header_fault(); })
    {
        auto const fault = stream.header_fault();
        if (!fault.empty())
            log.count(log_level::warning, "a connection did not begin with a PROXY header, and was closed", fault,
                      {{"listener", at.name}, {"proxy", from.text()}, {"header", fault}});
        return !stream.has_header();
    }
    return false;
}

// Makes the stream, and does `What` on a connection over it.
template <class Stream, task<void> (connection<Stream>::*What)()>
task<void> over(stream_socket socket, worker& home, shared_front at, client from)
{
    Stream stream{std::move(socket)};
    connection<Stream> c{stream, home, *at, from};
    if constexpr (requires { stream.handshake(); })
    {
        bool const ready = co_await c.shake_hands(home.state().config->http.header_timeout);
        if (!ready)
        {
            log_bad_header(home.state().shared.log, *at, from, stream);
            co_return;
        }
    }
    co_await (c.*What)();
}

// A place among the handshakes of a front that may be in flight at once.
class handshake_place
{
public:
    explicit handshake_place(front const& at)
        : in_flight_{*at.handshakes},
          is_free_{in_flight_.fetch_add(1, std::memory_order_relaxed) < at.tls.max_handshakes}
    {}
    ~handshake_place() { leave(); }
    handshake_place(handshake_place const&) = delete;

    bool is_free() const noexcept { return is_free_; }
    void leave() noexcept
    {
        if (std::exchange(counts_, false))
            in_flight_.fetch_sub(1, std::memory_order_relaxed);
    }

private:
    std::atomic<std::size_t>& in_flight_;
    bool const is_free_;
    bool counts_ = true;
};

void log_handshake(logger& log, front const& at, client const& from, tls_stream const& stream)
{
    if (!log.wants(log_level::debug))
        return;
    auto const address = from.text();
    auto const subject = from.certificate_subject ? std::string_view{*from.certificate_subject} : std::string_view{};
    log.debug("TLS handshake", {{"listener", at.name},
                                {"client_address", address},
                                {"version", stream.version()},
                                {"suite", stream.suite()},
                                {"resumed", stream.is_resumed() ? "yes" : "no"},
                                {"client_certificate", subject}});
}

// A client that goes away in a handshake is not logged. Anybody can cause the other failures, so they are counted.
void log_failed_handshake(logger& log, front const& at, client const& from, tls_stream const& stream)
{
    if (stream.failure().empty())
        return;
    auto const address = from.text();
    log.count(log_level::info, "TLS handshake failed", at.name,
              {{"listener", at.name}, {"client_address", address}, {"reason", stream.failure()}});
}

// A connection beyond the cap is closed rather than kept waiting: a client that comes again finds a place sooner than
// one that waits behind handshakes that nobody completes, and waiting costs a descriptor.
void log_crowd(logger& log, front const& at, std::string_view reason)
{
    log.count(log_level::warning, "connection closed without a TLS handshake", at.name,
              {{"listener", at.name}, {"reason", reason}});
}

tls_stream& secured(tls_stream& stream) noexcept { return stream; }
tls_stream& secured(tls_behind_proxy& stream) noexcept { return stream.inner(); }

template <class Stream>
task<void> over_tls(stream_socket socket, worker& home, shared_front at, client from)
{
    handshake_place place{*at};
    auto& log = home.state().shared.log;
    if (!place.is_free())
    {
        log_crowd(log, *at, "max-handshakes");
        co_return;
    }
    Stream stream{std::move(socket), *at->tls.context};
    auto& tls = secured(stream);
    connection<Stream> c{stream, home, *at, from};
    bool const ready = co_await c.shake_hands(at->tls.handshake_timeout);
    place.leave();
    if (!ready)
    {
        if (!log_bad_header(log, *at, from, stream))
            log_failed_handshake(log, *at, from, tls);
        if (tls.is_plain_http())
            co_await c.refuse_plain_http();
        co_return;
    }
    at->handshakes_completed->add();
    if (auto subject = tls.client_subject(); !subject.empty())
        from.certificate_subject = std::make_shared<std::string const>(std::move(subject));
    log_handshake(log, *at, from, tls);
    c.identify(std::move(from.certificate_subject));
    co_await c.serve();
}

// An answer over TLS would cost a handshake, which is what the cap on connections saves.
task<void> close_at_once(stream_socket, worker& home, shared_front at)
{
    log_crowd(home.state().shared.log, *at, "max-connections");
    co_return;
}

}  // namespace

task<void> serve(stream_socket socket, worker& home, std::shared_ptr<front const> at, client from)
{
    bool const behind_proxy = at->proxies.protocol;
    if (at->tls.context)
        return (behind_proxy ? over_tls<tls_behind_proxy> : over_tls<tls_stream>)(std::move(socket), home,
                                                                                  std::move(at), std::move(from));
    return (behind_proxy ? over<plain_behind_proxy, &connection<plain_behind_proxy>::serve>
                         : over<plain_stream, &connection<plain_stream>::serve>)(std::move(socket), home, std::move(at),
                                                                                 std::move(from));
}

task<void> turn_away(stream_socket socket, worker& home, std::shared_ptr<front const> at, client from)
{
    if (at->tls.context)
        return close_at_once(std::move(socket), home, std::move(at));
    return (at->proxies.protocol ? over<plain_behind_proxy, &connection<plain_behind_proxy>::turn_away>
                                 : over<plain_stream, &connection<plain_stream>::turn_away>)(std::move(socket), home,
                                                                                             std::move(at),
                                                                                             std::move(from));
}

}  // namespace tokend
