#pragma once

#include "web/decision.hpp"
#include "web/reply.hpp"
#include "web/router.hpp"
#include "web/worker.hpp"

#include <chrono>
#include <exception>
#include <string>
#include <string_view>

namespace tokend {

// What a session knows of the request at hand but for its bytes: its method, its id, how the answer is framed, and the decision for
// the log. One object for all requests of a connection, one after the other. On the worker's thread.
class exchange
{
public:
    // REQUIRES: `home` outlives this object. `peer`: the client's address as text.
    exchange(worker& home, std::string peer) noexcept : home_{home}, peer_{std::move(peer)} {}

    void begin() noexcept;  // something of a request is here
    // By its own id if that is there once and clean, else by one of ours.
    void name(request_view const& request) noexcept;
    void name_unread() noexcept;

    // The frame of this answer, on a connection that closes behind it.
    void begin_frame(bool head) noexcept;

    context surroundings(setup const& config);
    reply begin_reply(desk& d) noexcept { return {d.out, d.headers, frame}; }
    void refuse(reply& said, refusal const& why) const;
    // An exception in a handler: whatever it has said, behind `answer_at`, is taken back.
    void answer_trouble(std::exception_ptr trouble, desk& d, std::size_t answer_at, context const& ctx);
    void note(context const& ctx, reply const& said) const
    {
        if (home_.shared().log.wants(level_of(method(), said.code())))
            write_down(ctx, said);
    }

    route_match match{};
    reply_frame frame{};

private:
    std::string_view method() const noexcept { return match.route == nullptr ? "unknown" : match.route->name; }
    void write_down(context const& ctx, reply const& said) const;

    worker& home_;
    std::string const peer_;
    worker::request_id_text own_id_;
    std::string_view request_id_;  // in own_id_, or in the request's headers
    timestamp received_{};
    std::chrono::steady_clock::time_point asked_at_{};
};

}  // namespace tokend
