#include "web/net/serve.hpp"

#include "tls/context.hpp"
#include "web/front.hpp"
#include "web/net/connection.hpp"
#include "web/net/plain_stream.hpp"
#include "web/net/tls_stream.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace tokend {
namespace {

using serves_plain = connection<plain_stream>;

// Makes the stream, and does `What` on a connection over it.
template <task<void> (serves_plain::*What)()>
task<void> over_plain(stream_socket socket, worker& home, front const& at, client from)
{
    plain_stream stream{std::move(socket)};
    serves_plain c{stream, home, at, std::move(from)};
    co_await (c.*What)();
}

// A place among the handshakes of a front that may be in flight at once.
class handshake_place
{
public:
    explicit handshake_place(front const& at)
        : at_{at}, is_free_{at.handshakes.fetch_add(1, std::memory_order_relaxed) < at.tls.max_handshakes}
    {}
    ~handshake_place() { leave(); }
    handshake_place(handshake_place const&) = delete;

    bool is_free() const noexcept { return is_free_; }
    void leave() noexcept
    {
        if (std::exchange(counts_, false))
            at_.handshakes.fetch_sub(1, std::memory_order_relaxed);
    }

private:
    front const& at_;
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

task<void> over_tls(stream_socket socket, worker& home, front const& at, client from)
{
    handshake_place place{at};
    auto& log = home.state().shared.log;
    if (!place.is_free())
    {
        log_crowd(log, at, "max-handshakes");
        co_return;
    }
    tls_stream stream{std::move(socket), *at.tls.context};
    connection<tls_stream> c{stream, home, at, from};
    bool const ready = co_await c.shake_hands(at.tls.handshake_timeout);
    place.leave();
    if (!ready)
    {
        log_failed_handshake(log, at, from, stream);
        if (stream.is_plain_http())
            co_await c.refuse_plain_http();
        co_return;
    }
    if (auto subject = stream.client_subject(); !subject.empty())
        from.certificate_subject = std::make_shared<std::string const>(std::move(subject));
    log_handshake(log, at, from, stream);
    c.identify(std::move(from.certificate_subject));
    co_await c.serve();
}

// An answer over TLS would cost a handshake, which is what the cap on connections saves.
task<void> close_at_once(stream_socket, worker& home, front const& at)
{
    log_crowd(home.state().shared.log, at, "max-connections");
    co_return;
}

}  // namespace

task<void> serve(stream_socket socket, worker& home, front const& at, client from)
{
    if (at.tls.context)
        return over_tls(std::move(socket), home, at, std::move(from));
    return over_plain<&serves_plain::serve>(std::move(socket), home, at, std::move(from));
}

task<void> turn_away(stream_socket socket, worker& home, front const& at, client from)
{
    if (!at.tls.context)
        return over_plain<&serves_plain::turn_away>(std::move(socket), home, at, std::move(from));
    return close_at_once(std::move(socket), home, at);
}

}  // namespace tokend
