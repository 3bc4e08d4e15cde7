#include "web/session.hpp"

#include "base/secret.hpp"
#include "web/connection.hpp"
#include "web/exchange.hpp"
#include "web/kept.hpp"
#include "http/message_parser.hpp"
#include "web/unreadable.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

namespace tokend {
namespace {

using steady = std::chrono::steady_clock;

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
          exchange_{home, std::move(peer)}
    {}

    task<void> run()
    {
        while (!closing_)
        {
            switch (answer_all())
            {
            case next::request:
                if (!closing_)
                {
                    bool const taken = co_await flush();
                    closing_ = !taken;
                }
                break;
            case next::bytes: {
                auto const [what, until] = wanted_bytes();
                auto const got = co_await fill(what, until);
                if (got != filled::data)
                    give_up(got);
                break;
            }
            case next::wait:
                co_await answer_later();
                break;
            }
        }
        bool const sent = co_await flush();
        if (sent && lingers_)
            co_await linger();
    }

    task<void> turn_away()
    {
        exchange_.begin();
        exchange_.name_unread();
        exchange_.begin_frame(false);
        auto answer = exchange_.begin_reply(on_desk());
        answer.refuse({code::overloaded, {}, "too many connections"});
        note_unread(answer);
        bool const sent = co_await flush();
        if (sent)
            co_await linger();
    }

    void drain() override
    {
        keeps_alive_ = false;  // an answer that is still being found says so
        exchange_.frame.after = after_answer::close;
        connection<Stream>::drain();
    }

private:
    using typename connection<Stream>::filled;
    using typename connection<Stream>::wait_for;
    using connection<Stream>::fill;
    using connection<Stream>::flush;
    using connection<Stream>::has_input;
    using connection<Stream>::has_read_all;
    using connection<Stream>::linger;
    using connection<Stream>::on_desk;
    using connection<Stream>::read_some;
    using connection<Stream>::rest;
    using connection<Stream>::send;

    enum class next
    {
        request,  // this one is answered
        bytes,    // of this one
        wait      // for a backend, for other clients, or for the disk
    };

    http_options const& options() const noexcept { return home_.config()->http; }

    // What is answered at once does not wake the coroutine.
    std::optional<filled> take_ready() override
    {
        auto const got = read_some();
        if (got != filled::data || answer_all() != next::bytes || !send() || !has_read_all())
            return got;
        auto const [what, until] = wanted_bytes();
        rest(what, until);
        return std::nullopt;
    }

    // One request after the other, until something has to wait, the connection is to close, or enough answers are held back.
    next answer_all()
    {
        auto first = next::request;
        while (first == next::request && !closing_ && on_desk().out.size() <= flush_above)
            first = advance();
        return first;
    }

    // Goes as far with a request as the bytes that are here allow; nothing waits.
    next advance()
    {
        if (!has_input())
            return next::bytes;
        exchange_.begin();
        auto& d = on_desk();
        if (!parser_)
        {
            d.in.begin_message();
            parser_.emplace(limits_, d.store);
        }
        if (!parser_->header_done())
        {
            auto const fault = parser_->read_header(d.in.data());
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
        auto const& match = exchange_.match = find_route(routes_, request.path, options());
        exchange_.name(request);
        admitted_ = admit(request, match);
        bool const unread = admitted_ && match.route->body == body_use::refused;
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
                on_desk().out.append("HTTP/1.1 100 Continue\r\n\r\n");
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
            if (used > 0)
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
    void give_up(filled why)
    {
        closing_ = true;
        if (why == filled::gone || !has_input())
            return;
        if (!parser_->header_done() && on_desk().in.data().find_first_not_of("\r\n") == std::string_view::npos)
            return;  // nobody has asked anything
        fail(why == filled::end ? truncated : too_slow);
    }

    // Answers at once, or finds that the answer has to wait.
    next answer()
    {
        auto const& request = parser_->request();
        auto const& match = exchange_.match;
        if (home_.draining())
            keeps_alive_ = false;
        exchange_.begin_frame(request.verb == "HEAD");
        exchange_.frame.after = !keeps_alive_      ? after_answer::close
                                : request.http_1_1 ? after_answer::keep_alive_1_1
                                                   : after_answer::keep_alive_1_0;
        exchange_.frame.always_200 = match.legacy && options().legacy_always_200;
        if (admitted_ && (match.route->answer == nullptr || waits_for_file()))
            return next::wait;

        auto& d = on_desk();
        auto ctx = exchange_.surroundings(*home_.config());
        auto const answer_at = d.out.size();
        try
        {
            auto said = exchange_.begin_reply(d);
            if (admitted_)
                match.route->answer(request, ctx, said);
            else
                exchange_.refuse(said, admitted_.error());
            exchange_.note(ctx, said);
        }
        catch (...)
        {
            exchange_.answer_trouble(std::current_exception(), d, answer_at, ctx);
        }
        return finish();
    }

    bool waits_for_file() const noexcept
    {
        return exchange_.match.route->changes_tokens && home_.shared().file != nullptr;
    }

    task<void> answer_later()
    {
        co_await flush();  // the answers before this one do not wait
        auto const config = home_.config();
        auto ctx = exchange_.surroundings(*config);
        auto const answer_at = on_desk().out.size();
        std::exception_ptr trouble;
        try
        {
            auto said = exchange_.begin_reply(on_desk());
            auto const& route = *exchange_.match.route;
            if (route.answer != nullptr)
                route.answer(parser_->request(), ctx, said);
            else
                co_await route.ask(parser_->request(), ctx, said);
            if (waits_for_file() && said.code() == code::ok)
            {
                bool const kept = co_await until_kept(ctx, ctx.services.ends);
                if (!kept)
                    throw refused{not_kept()};
            }
            exchange_.note(ctx, said);
        }
        catch (...)
        {
            trouble = std::current_exception();
        }
        home_.read_clock();
        if (trouble)
            exchange_.answer_trouble(trouble, on_desk(), answer_at, ctx);
        finish();
    }

    // The request is answered; what comes behind it is another.
    next finish()
    {
        closing_ = closing_ || !keeps_alive_;
        auto& d = on_desk();
        d.in.consume(parser_->size_in_place());
        if (!d.store.body.empty())
            wipe(d.store.body);
        parser_.reset();
        header_until_ = never;
        return next::request;
    }

    // Answers a message that cannot be read. Where it ends is unknown, so nothing behind it is ever taken for a request.
    next fail(unreadable const& why)
    {
        bool const has_head = parser_->header_done();
        if (has_head)
            exchange_.name(parser_->request());
        else
            exchange_.name_unread();
        closing_ = lingers_ = true;
        exchange_.match = {};
        exchange_.begin_frame(has_head && parser_->request().verb == "HEAD");
        auto said = exchange_.begin_reply(on_desk());
        said.unreadable(why.status, why.code, why.reason);
        note_unread(said);
        return next::request;
    }

    // The decision on what was no request.
    void note_unread(reply const& said) { exchange_.note(exchange_.surroundings(*home_.config()), said); }

    static constexpr std::size_t flush_above = 64 * 1024;  // pipelined answers that are held back
    static constexpr auto never = steady::time_point::max();

    worker& home_;
    message_limits const limits_;
    std::span<route const> const routes_;
    exchange exchange_;
    std::optional<message_parser> parser_;  // from a request's first byte to its answer
    result<void> admitted_;
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
