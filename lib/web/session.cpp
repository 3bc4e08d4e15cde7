#include "web/session.hpp"

#include "web/connection.hpp"
#include "web/decision.hpp"
#include "web/message_parser.hpp"
#include "web/reply.hpp"
#include "web/router.hpp"

#include <string.h>

#include <algorithm>
#include <exception>

namespace tokend {
namespace {

using steady = std::chrono::steady_clock;

struct unreadable
{
    unsigned status;
    tokend::code code;
    std::string_view reason;
};

unreadable describe(http_fault fault) noexcept
{
    switch (fault)
    {
    case http_fault::not_implemented:
        return {501, code::malformed_request, "unknown transfer coding"};
    case http_fault::version_not_supported:
        return {505, code::malformed_request, "unknown HTTP version"};
    case http_fault::headers_too_large:
        return {431, code::headers_too_large, "header section over its limit"};
    case http_fault::payload_too_large:
        return {413, code::payload_too_large, "body over its limit"};
    case http_fault::malformed:
    case http_fault::none:
        break;
    }
    return {400, code::malformed_request, "malformed HTTP"};
}

constexpr unreadable truncated{400, code::malformed_request, "the client stopped in the middle of a request"};
constexpr unreadable too_slow{408, code::request_timeout, "headers or body came too slowly"};

bool is_request_id(std::string_view s) noexcept
{
    return !s.empty() && s.size() <= 64 && std::all_of(s.begin(), s.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
}

// The requests of one connection, one after the other.
template <class Stream>
class session final : public connection<Stream>
{
public:
    session(Stream& stream, worker& home, std::span<route const> routes, std::string peer)
        : connection<Stream>{stream, home, home.config()->http},
          home_{home},
          config_{home.config()},
          routes_{routes},
          peer_{std::move(peer)},
          store_{limits()}
    {}

    task<void> run()
    {
        while (!closing_)
            co_await serve_one();
        bool const sent = co_await flush();
        if (sent && lingers_)
            co_await linger();
    }

    task<void> turn_away()
    {
        home_.make_request_id(request_id_);
        set_frame(false);
        reply answer{out, frame_};
        answer.refuse({code::overloaded, {}, "too many connections"});
        note_unread(answer);
        bool const sent = co_await flush();
        if (sent)
            co_await linger();
    }

    void drain() override
    {
        keeps_alive_ = false;  // an answer that is still being found says so
        frame_.after = after_answer::close;
        connection<Stream>::drain();
    }

private:
    using typename connection<Stream>::filled;
    using typename connection<Stream>::wait_for;
    using connection<Stream>::fill;
    using connection<Stream>::flush;
    using connection<Stream>::linger;
    using connection<Stream>::in;
    using connection<Stream>::out;

    message_limits const& limits() const noexcept { return config_->http.limits; }

    task<void> serve_one()
    {
        config_ = home_.config();
        in.begin_message();
        message_parser parser{limits(), store_};
        bool const asked = co_await read_header(parser);
        if (!asked)
            co_return;
        auto const& request = parser.request();
        auto const match = find_route(routes_, request.path, config_->http);
        take_request_id(request);
        auto const admitted = admit(request, match);
        bool const unread = admitted && match.route->body == body_use::refused;

        keeps_alive_ = parser.keeps_alive() && !(unread && parser.declares_body());
        if (!unread)
        {
            bool const complete = co_await read_body(parser, admitted.has_value());
            if (!complete)
                co_return;
        }
        co_await answer(parser, match, admitted);
        if (unread && parser.declares_body())
            close_and_linger();
        in.consume(parser.header_size());
        ::explicit_bzero(store_.body.data(), store_.body.size());
        if (out.size() > flush_above)
            co_await flush();
    }

    // False: there is no request, and what there is to say is said.
    task<bool> read_header(message_parser& parser)
    {
        auto const idle_until = steady::now() + config_->http.idle_timeout;
        auto header_until = steady::time_point::max();
        for (;;)
        {
            auto const fault = parser.read_header(in.data());
            received_ = home_.now();
            if (parser.header_done() || fault != http_fault::none)
                home_.make_request_id(request_id_);
            if (fault != http_fault::none)
            {
                if (parser.header_done())
                    take_request_id(parser.request());
                fail(describe(fault), parser.header_done() && parser.request().verb == "HEAD");
                co_return false;
            }
            if (parser.header_done())
                co_return true;
            bool const begun = !in.data().empty();
            if (begun && header_until == steady::time_point::max())
                header_until = steady::now() + config_->http.header_timeout;
            auto const what = begun ? wait_for::headers : wait_for::request;
            auto const until = begun ? header_until : idle_until;
            auto const got = co_await fill(what, until);
            if (got == filled::data)
                continue;
            closing_ = true;
            if (got == filled::gone)
                co_return false;
            if (in.data().find_first_not_of("\r\n") == std::string_view::npos)
                co_return false;  // nobody has asked anything
            home_.make_request_id(request_id_);
            fail(got == filled::end ? truncated : too_slow, false);
            co_return false;
        }
    }

    // False: the body cannot be read, and that is said.
    task<bool> read_body(message_parser& parser, bool wanted)
    {
        bool const head = parser.request().verb == "HEAD";
        if (parser.declared_length() > limits().body_bytes)
        {
            fail(describe(http_fault::payload_too_large), head);
            co_return false;
        }
        if (parser.expects_continue() && in.data().size() == parser.header_size())
        {
            if (!wanted)  // the client may or may not send its body now; only a closed connection is unambiguous
            {
                keeps_alive_ = false;
                close_and_linger();
                co_return true;
            }
            out += "HTTP/1.1 100 Continue\r\n\r\n";
        }
        auto const until = steady::now() + config_->http.body_timeout;
        while (!parser.done())
        {
            auto fault = http_fault::none;
            auto const used = parser.read_body(in.data().substr(parser.header_size()), fault);
            in.consume_behind(parser.header_size(), used);
            if (fault != http_fault::none)
            {
                fail(describe(fault), head);
                co_return false;
            }
            if (parser.done())
                break;
            auto const got = co_await fill(wait_for::body, until);
            if (got == filled::data)
                continue;
            closing_ = true;
            if (got != filled::gone)
                fail(got == filled::end ? truncated : too_slow, head);
            co_return false;
        }
        co_return true;
    }

    task<void> answer(message_parser& parser, route_match match, result<void> admitted)
    {
        auto const& request = parser.request();
        if (home_.draining())
            keeps_alive_ = false;
        set_frame(request.verb == "HEAD");
        frame_.after = !keeps_alive_      ? after_answer::close
                       : request.http_1_1 ? after_answer::keep_alive_1_1
                                          : after_answer::keep_alive_1_0;
        frame_.always_200 = match.legacy && config_->http.legacy_always_200;

        context ctx{home_.shared(), config_, home_.bench(), received_, peer_, request_id_, match.legacy};
        auto const begun = steady::now();
        auto const answer_at = out.size();
        std::exception_ptr trouble;
        {
            reply said{out, frame_};
            try
            {
                if (!admitted)
                    refuse(said, match, admitted.error());
                else if (match.route->answer != nullptr)
                    match.route->answer(request, ctx, said);
                else
                {
                    co_await flush();  // what is answered already does not wait for a backend
                    co_await match.route->ask(request, ctx, said);
                    home_.read_clock();
                }
            }
            catch (...)
            {
                trouble = std::current_exception();
            }
            if (!trouble)
                note(ctx, match, said, begun);
        }
        if (trouble)
            answer_trouble(trouble, answer_at, ctx, match, begun);
        closing_ = closing_ || !keeps_alive_;
    }

    static void refuse(reply& said, route_match const& match, refusal const& why)
    {
        if (why.code == code::method_not_allowed)
            said.header("Allow", match.route->allow);
        said.refuse(why);
    }

    // An exception in a handler: whatever it had written so far is taken back.
    void answer_trouble(std::exception_ptr trouble, std::size_t answer_at, context const& ctx, route_match const& match,
                        steady::time_point begun)
    {
        std::string what = "unknown exception";
        try
        {
            std::rethrow_exception(trouble);
        }
        catch (std::exception const& e)
        {
            what = e.what();
        }
        catch (...)
        {}
        out.resize(std::min(answer_at, out.size()));
        reply said{out, frame_};
        if (match.route != nullptr && match.route->body == body_use::refused)
            said.bare(500, code::internal_error, what);
        else
            said.refuse({code::internal_error, {}, what});
        note(ctx, match, said, begun);
    }

    void note(context const& ctx, route_match const& match, reply const& said, steady::time_point begun)
    {
        decision d;
        d.method = match.route == nullptr ? std::string_view{"unknown"} : match.route->name;
        d.who = ctx.who;
        d.client_address = peer_;
        d.request_id = request_id_;
        d.code = said.code();
        d.reason = said.reason();
        d.duration = std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - begun);
        record(home_.shared().log, d);
    }

    // The request's own id if it is there once and clean, else one of ours.
    void take_request_id(request_view const& request)
    {
        auto const id = request.field("x-request-id");
        if (request.count("x-request-id") == 1 && is_request_id(id))
            request_id_ = id;
    }

    void set_frame(bool head)
    {
        frame_ = reply_frame{};
        frame_.date = home_.date();
        frame_.request_id = request_id_;
        frame_.head = head;
    }

    void close_and_linger() noexcept { closing_ = lingers_ = true; }

    // Answers a message that cannot be read. Where it ends is unknown, so nothing behind it is ever taken for a request.
    void fail(unreadable const& why, bool head)
    {
        close_and_linger();
        set_frame(head);
        reply said{out, frame_};
        said.unreadable(why.status, why.code, why.reason);
        note_unread(said);
    }

    // The decision on what was no request.
    void note_unread(reply const& said)
    {
        context const ctx{home_.shared(), config_, home_.bench(), received_, peer_, request_id_};
        note(ctx, route_match{}, said, steady::now());
    }

    static constexpr std::size_t flush_above = 64 * 1024;  // pipelined answers that are held back

    worker& home_;
    std::shared_ptr<snapshot const> config_;
    std::span<route const> const routes_;
    std::string const peer_;
    message_store store_;
    std::string request_id_;
    reply_frame frame_;
    timestamp received_{};
    bool keeps_alive_ = true;
    bool closing_ = false;
    bool lingers_ = false;
};

}  // namespace

task<void> serve(stream_socket socket, worker& home, std::span<route const> routes, std::string peer)
{
    session<stream_socket> s{socket, home, routes, std::move(peer)};
    co_await s.run();
}

task<void> turn_away(stream_socket socket, worker& home)
{
    session<stream_socket> s{socket, home, {}, {}};
    co_await s.turn_away();
}

}  // namespace tokend
