#include "web/session.hpp"

#include "web/connection.hpp"
#include "web/decision.hpp"
#include "web/message_parser.hpp"
#include "web/reply.hpp"
#include "web/router.hpp"
#include "web/unreadable.hpp"

#include <string.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

namespace tokend {
namespace {

using steady = std::chrono::steady_clock;

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
          limits_{home.config()->http.limits},
          routes_{routes},
          peer_{std::move(peer)}
    {}

    task<void> run()
    {
        while (!closing_)
        {
            switch (advance())
            {
            case next::request:
                if (on_desk().out.size() > flush_above)
                {
                    bool const taken = co_await flush();
                    closing_ = closing_ || !taken;
                }
                break;
            case next::bytes: {
                auto const [what, until] = wanted_bytes();
                auto const got = co_await fill(what, until);
                if (got != filled::data)
                    give_up(what, got);
                break;
            }
            case next::backend:
                co_await ask();
                break;
            }
        }
        bool const sent = co_await flush();
        if (sent && lingers_)
            co_await linger();
    }

    task<void> turn_away()
    {
        request_id_ = home_.make_request_id(own_id_);
        set_frame(false);
        auto answer = begin_reply();
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
    using connection<Stream>::has_input;
    using connection<Stream>::linger;
    using connection<Stream>::on_desk;

    enum class next
    {
        request,  // this one is answered
        bytes,    // of this one
        backend   // is to be asked
    };

    http_options const& options() const noexcept { return home_.config()->http; }

    // Goes as far with a request as the bytes that are here allow; nothing waits.
    next advance()
    {
        if (!has_input())
            return next::bytes;
        received_ = home_.now();
        asked_at_ = home_.steady_now();
        if (!parser_)
        {
            on_desk().in.begin_message();
            parser_.emplace(limits_, on_desk().store);
        }
        if (!parser_->header_done())
        {
            auto const fault = parser_->read_header(on_desk().in.data());
            if (fault != http_fault::none)
                return fail(describe(fault));
            if (!parser_->header_done())
                return next::bytes;
            take_head();
            if (closing_ && !answers_on_head_)
                return next::request;
        }
        if (!answers_on_head_)
        {
            auto const fault = read_body();
            if (fault != http_fault::none)
                return fail(describe(fault));
            if (!parser_->done())
                return next::bytes;
        }
        return answer();
    }

    // What the headers decide.
    void take_head()
    {
        auto const& request = parser_->request();
        match_ = find_route(routes_, request.path, options());
        name_request();
        admitted_ = admit(request, match_);
        bool const unread = admitted_ && match_.route->body == body_use::refused;
        keeps_alive_ = parser_->keeps_alive() && !(unread && parser_->declares_body());
        answers_on_head_ = unread;
        if (unread)
        {
            lingers_ = parser_->declares_body();
            return;
        }
        if (parser_->declared_length() > limits_.body_bytes)
        {
            fail(describe(http_fault::payload_too_large));
            return;
        }
        if (parser_->expects_continue() && on_desk().in.data().size() == parser_->header_size())
        {
            if (admitted_)
                on_desk().out += "HTTP/1.1 100 Continue\r\n\r\n";
            else  // the client may or may not send its body now; only a closed connection is unambiguous
            {
                keeps_alive_ = false;
                answers_on_head_ = lingers_ = true;
            }
        }
        body_until_ = home_.steady_now() + options().body_timeout;
    }

    http_fault read_body()
    {
        auto fault = http_fault::none;
        auto& in = on_desk().in;
        if (!parser_->done())
        {
            auto const used = parser_->read_body(in.data().substr(parser_->header_size()), fault);
            in.consume_behind(parser_->header_size(), used);
        }
        return fault;
    }

    // More of a request, or of the next one.
    std::pair<wait_for, steady::time_point> wanted_bytes()
    {
        if (!has_input())
            return {wait_for::request, home_.steady_now() + options().idle_timeout};
        if (parser_->header_done())
            return {wait_for::body, body_until_};
        if (header_until_ == never)
            header_until_ = home_.steady_now() + options().header_timeout;
        return {wait_for::headers, header_until_};
    }

    // They do not come: says so where somebody has asked something.
    void give_up(wait_for what, filled why)
    {
        closing_ = true;
        if (why == filled::gone || !has_input())
            return;
        if (what != wait_for::body && on_desk().in.data().find_first_not_of("\r\n") == std::string_view::npos)
            return;  // nobody has asked anything
        fail(why == filled::end ? truncated : too_slow);
    }

    // Answers at once, or finds that a backend is to be asked.
    next answer()
    {
        auto const& request = parser_->request();
        if (home_.draining())
            keeps_alive_ = false;
        set_frame(request.verb == "HEAD");
        frame_.after = !keeps_alive_      ? after_answer::close
                       : request.http_1_1 ? after_answer::keep_alive_1_1
                                          : after_answer::keep_alive_1_0;
        frame_.always_200 = match_.legacy && options().legacy_always_200;
        if (admitted_ && match_.route->answer == nullptr)
            return next::backend;

        auto ctx = surroundings(*home_.config());
        auto const answer_at = on_desk().out.size();
        try
        {
            auto said = begin_reply();
            if (admitted_)
                match_.route->answer(request, ctx, said);
            else
                refuse(said, match_, admitted_.error());
            note(ctx, said);
        }
        catch (...)
        {
            answer_trouble(std::current_exception(), answer_at, ctx);
        }
        return finish();
    }

    task<void> ask()
    {
        co_await flush();  // what is answered already does not wait for a backend
        auto const config = home_.config();
        auto ctx = surroundings(*config);
        auto const answer_at = on_desk().out.size();
        std::exception_ptr trouble;
        try
        {
            auto said = begin_reply();
            co_await match_.route->ask(parser_->request(), ctx, said);
            home_.read_clock();
            note(ctx, said);
        }
        catch (...)
        {
            trouble = std::current_exception();
        }
        if (trouble)
            answer_trouble(trouble, answer_at, ctx);
        finish();
    }

    // The request is answered; what comes behind it is another.
    next finish()
    {
        closing_ = closing_ || !keeps_alive_;
        auto& d = on_desk();
        d.in.consume(parser_->header_size());
        ::explicit_bzero(d.store.body.data(), d.store.body.size());
        parser_.reset();
        header_until_ = never;
        return next::request;
    }

    context surroundings(snapshot const& config)
    {
        return {home_.shared(), config, home_.bench(), home_.checks(), received_, peer_, request_id_, match_.legacy};
    }
    reply begin_reply() { return {on_desk().out, on_desk().headers, frame_}; }

    static void refuse(reply& said, route_match const& match, refusal const& why)
    {
        if (why.code == code::method_not_allowed)
            said.header("Allow", match.route->allow);
        said.refuse(why);
    }

    // An exception in a handler: whatever it had written so far is taken back.
    void answer_trouble(std::exception_ptr trouble, std::size_t answer_at, context const& ctx)
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
        auto& out = on_desk().out;
        out.resize(std::min(answer_at, out.size()));
        auto said = begin_reply();
        if (match_.route != nullptr && match_.route->body == body_use::refused)
            said.bare(500, code::internal_error, what);
        else
            said.refuse({code::internal_error, {}, what});
        note(ctx, said);
    }

    void note(context const& ctx, reply const& said)
    {
        auto const method = match_.route == nullptr ? std::string_view{"unknown"} : match_.route->name;
        auto& log = home_.shared().log;
        if (!log.wants(level_of(method, said.code())))
            return;
        decision d;
        d.method = method;
        d.who = ctx.who;
        d.client_address = peer_;
        d.request_id = request_id_;
        d.code = said.code();
        d.reason = said.reason();
        d.duration = std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - asked_at_);
        record(log, d);
    }

    // The request's own id if it is there once and clean, else one of ours.
    void name_request()
    {
        auto const& request = parser_->request();
        auto const id = request.field(header::x_request_id);
        bool const clean = is_request_id(id) && request.count(header::x_request_id) == 1;
        request_id_ = clean ? id : home_.make_request_id(own_id_);
    }

    void set_frame(bool head)
    {
        frame_ = reply_frame{};
        frame_.date = home_.date();
        frame_.request_id = request_id_;
        frame_.head = head;
    }

    // Answers a message that cannot be read. Where it ends is unknown, so nothing behind it is ever taken for a request.
    next fail(unreadable const& why)
    {
        bool const has_head = parser_->header_done();
        if (has_head)
            name_request();
        else
            request_id_ = home_.make_request_id(own_id_);
        closing_ = lingers_ = true;
        match_ = {};
        set_frame(has_head && parser_->request().verb == "HEAD");
        auto said = begin_reply();
        said.unreadable(why.status, why.code, why.reason);
        note_unread(said);
        return next::request;
    }

    // The decision on what was no request.
    void note_unread(reply const& said) { note(surroundings(*home_.config()), said); }

    static constexpr std::size_t flush_above = 64 * 1024;  // pipelined answers that are held back
    static constexpr auto never = steady::time_point::max();

    worker& home_;
    message_limits const limits_;
    std::span<route const> const routes_;
    std::string const peer_;
    std::optional<message_parser> parser_;  // from a request's first byte to its answer
    route_match match_;
    result<void> admitted_;
    worker::request_id_text own_id_;
    std::string_view request_id_;  // in own_id_, or in the request's headers
    reply_frame frame_;
    timestamp received_{};
    steady::time_point asked_at_{};
    steady::time_point header_until_ = never;
    steady::time_point body_until_ = never;
    bool answers_on_head_ = false;  // the body is not read
    bool keeps_alive_ = true;
    bool closing_ = false;
    bool lingers_ = false;
};

}  // namespace

task<void> serve(stream_socket socket, worker& home, std::span<route const> routes, std::string peer)
{
    plain_stream stream{std::move(socket)};
    session<plain_stream> s{stream, home, routes, std::move(peer)};
    co_await s.run();
}

task<void> turn_away(stream_socket socket, worker& home)
{
    plain_stream stream{std::move(socket)};
    session<plain_stream> s{stream, home, {}, {}};
    co_await s.turn_away();
}

}  // namespace tokend
