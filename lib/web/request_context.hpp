#pragma once

#include "base/clock.hpp"
#include "http/common_lines.hpp"
#include "web/client.hpp"
#include "web/message/reply.hpp"
#include "web/router.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace tokend {

struct desk;
struct front;
struct scratch;
struct services;
struct setup;
class worker_state;

// One request apart from its bytes: where it came from, its route, its id, how its response is framed, and what its
// method may use. One object serves all requests of a connection, one after the other. Loop thread only.
class request_context
{
public:
    // REQUIRES: `home` and `at` outlive this object.
    request_context(worker_state& home, front const& at, tokend::client peer);

    // For methods.
    worker_state& home;
    tokend::services& services;
    tokend::scratch& scratch;
    front const& at;
    tokend::client client;          // of the request: the peer, or whom a trusted proxy names
    timestamp received{};           // the worker's clock when the request's first bytes were seen
    std::string_view request_id{};  // in own_id_, or in the request's header
    route_match match{};
    void name_user(std::string_view organisation, std::string_view username);  // for the log, once they are known
    bool has_credential = true;  // for the log: false if no credential could be read from a login
    setup const& config() const noexcept;
    // Returns a flag that is set once the client has gone away while its request is being answered.
    std::shared_ptr<std::atomic<bool> const> watch_client();

    // For the conversation.
    void client_has_gone() noexcept;
    void comes_from(tokend::client peer);             // the peer is another one than at first
    void begin() noexcept;                            // the first bytes of a request are here
    void name(request_view const& request) noexcept;  // finds its client; takes its clean X-Request-Id, or makes an id
    void name_unread() noexcept;                      // the client is the peer; makes an id
    void hold_setup();                                // config() stays as it is until release_setup()
    void release_setup() noexcept;

    reply_frame frame{};
    void begin_frame(bool head) noexcept;  // of a response after which the connection closes
    reply begin_reply(desk& d) noexcept;
    // Replaces what a method has written behind `answer_at` by the response to the exception that it threw.
    void answer_exception(std::exception_ptr thrown, desk& d, std::size_t answer_at);
    void log(reply const& sent) const;

private:
    std::string_view method() const noexcept { return match.route == nullptr ? "unknown" : match.route->name; }
    void write_decision(reply const& sent) const;
    void read_client(request_view const& request);
    void make_id() noexcept;

    std::string who_{};  // ORGANISATION:username; empty while it is unknown
    std::size_t organisation_bytes_ = 0;

    std::shared_ptr<setup const> held_;
    std::shared_ptr<std::atomic<bool>> gone_;      // while somebody watches the client
    std::unique_ptr<tokend::client const> proxy_;  // the peer, if its requests name their clients
    std::array<char, 24> own_id_;
    std::chrono::steady_clock::time_point begun_at_{};
};

}  // namespace tokend
