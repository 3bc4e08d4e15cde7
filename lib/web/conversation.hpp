#pragma once

#include "base/task.hpp"
#include "http/message_parser.hpp"
#include "web/request_context.hpp"
#include "web/unreadable.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace tokend {

struct desk;

// What a connection does next for its conversation.
struct step
{
    enum class kind
    {
        read,     // read more input, then advance() again, or say that it ended
        write,    // send the output, then advance() again
        respond,  // send the output that may be sent, await respond(), then advance() again
        linger,   // send the output, drop what the client still sends for a moment, close
        close     // send the output, close
    };
    using time_point = std::chrono::steady_clock::time_point;

    kind what;
    bool idle = false;                     // read: no request has begun, so a drain may end the wait
    time_point until = time_point::max();  // read: the deadline

    bool operator==(step const&) const = default;
};

// The requests of one connection, one after the other: takes bytes, appends responses, and says what comes next. It
// knows no socket and never waits outside respond(). Loop thread only.
class conversation
{
public:
    // REQUIRES: `home` and `at` outlive this object.
    conversation(worker_state& home, front const& at, client peer);
    // A PROXY header names another peer. Comes before begin() and turn_away().
    void comes_from(client peer) { request_.comes_from(peer); }

    // The client has shown a certificate of this subject. Comes before begin().
    void identify(std::shared_ptr<std::string const> subject) noexcept;

    // The first step of a connection.
    [[nodiscard]] step begin() const;
    // The only step of a connection that is one too many: the client is told so.
    [[nodiscard]] step turn_away(desk& d);
    // The only step of a connection whose bytes are those of another protocol.
    [[nodiscard]] step refuse_protocol(desk& d, unreadable const& why);

    // Serves as many requests of the desk's input as it can.
    [[nodiscard]] step advance(desk& d);
    // The client sends nothing more. A request that has begun is answered with an error.
    [[nodiscard]] step input_ended(desk& d);
    // The deadline of a read has passed, or a drain ends the wait.
    [[nodiscard]] step timed_out(desk& d);

    // Completes the response that made advance() return step::kind::respond.
    [[nodiscard]] task<void> respond(desk& d);

    // The response at hand is the last one.
    void drain() noexcept;
    // The client has ended its side, or is gone. What it waits for need not be begun.
    void client_has_gone() noexcept { request_.client_has_gone(); }

    front const& at() const noexcept { return request_.at; }
    // No request is answered yet.
    bool is_new() const noexcept { return is_new_; }

private:
    enum class progress
    {
        answered,    // the request is answered, or the message was refused
        incomplete,  // more bytes are needed
        waits        // respond() has to complete the response
    };

    progress take_request(desk& d);
    void take_head(desk& d);
    http_fault read_body(desk& d);
    progress answer(desk& d);
    progress finish(desk& d);
    progress refuse_message(desk& d, unreadable const& why);
    reply begin_unread(desk& d);
    step give_up(desk& d, unreadable const& why);
    step wanted_bytes(desk& d);
    step last_step() const noexcept;
    http_options const& options() const noexcept;

    static constexpr auto never = step::time_point::max();

    request_context request_;
    result<void> admitted_;
    step::time_point header_until_ = never;
    step::time_point body_until_ = never;
    answered withheld_ = answered::now;  // what the method says whose response is withheld
    bool answers_on_head_ = false;       // the body is not read
    bool keeps_alive_ = true;
    bool is_new_ = true;
    bool closing_ = false;
    bool lingers_ = false;
    bool draining_ = false;
};

}  // namespace tokend
