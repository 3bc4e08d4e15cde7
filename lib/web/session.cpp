#include "web/session.hpp"

#include "web/decision.hpp"
#include "web/message_parser.hpp"
#include "web/reply.hpp"
#include "web/router.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>

#include <string.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <optional>

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

// What came in and is not used up. Data stand still until begin_message() or make_room().
class input_buffer
{
public:
    // A message of `size` bytes that must not move fits, wherever it begins.
    explicit input_buffer(std::size_t size) : size_{size + slack}, bytes_{std::make_unique_for_overwrite<char[]>(size_)}
    {}
    ~input_buffer() { consume(end_ - begin_); }

    std::string_view data() const noexcept { return {bytes_.get() + begin_, end_ - begin_}; }
    // Used up, secrets and all.
    void consume(std::size_t n) noexcept
    {
        ::explicit_bzero(bytes_.get() + begin_, n);
        begin_ += n;
        if (begin_ == end_)
            begin_ = end_ = 0;
    }
    // Used up, but for the first `keep` bytes, which stay where they are; what is behind the gap moves up.
    void consume_behind(std::size_t keep, std::size_t n) noexcept
    {
        auto* const gap = bytes_.get() + begin_ + keep;
        auto const rest = end_ - begin_ - keep - n;
        std::memmove(gap, gap + n, rest);
        ::explicit_bzero(gap + rest, n);
        end_ -= n;
    }
    // Pipelined messages are moved to the front now and then, not each.
    void begin_message() noexcept
    {
        if (begin_ > slack)
            make_room();
    }
    void make_room() noexcept
    {
        auto const before = end_;
        std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        ::explicit_bzero(bytes_.get() + end_, before - end_);
    }
    asio::mutable_buffer room() noexcept { return {bytes_.get() + end_, size_ - end_}; }
    void commit(std::size_t n) noexcept { end_ += n; }

private:
    static constexpr std::size_t slack = 8 * 1024;

    std::size_t size_;
    std::unique_ptr<char[]> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

// One connection. Everything happens in run(), step by step; the worker may end its waits through session_handle. A template over
// the stream so that TLS is its second instantiation; it uses two operations, read some and write all.
template <class Stream>
class session final : public session_handle
{
public:
    session(Stream& stream, worker& home, std::string peer)
        : stream_{stream},
          home_{home},
          config_{home.config()},
          peer_{std::move(peer)},
          store_{limits()},
          in_{limits().header_bytes + limits().chunk_line_bytes + limits().trailer_bytes + 1024}
    {
        home_.attach(*this);
    }
    ~session() { home_.detach(*this); }

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
        refuse_unread({code::overloaded, {}, "too many connections"});
        bool const sent = co_await flush();
        if (sent)
            co_await linger();
    }

    void out_of_time() override
    {
        timed_out_ = true;
        boost::system::error_code ignored;
        stream_.cancel(ignored);
    }
    void drain() override
    {
        keeps_alive_ = false;  // an answer that is still being found says so
        frame_.after = after_answer::close;
        if (idle_)
            out_of_time();
    }

private:
    enum class fill_result
    {
        data,
        end,
        timeout,
        gone
    };
    enum class wait_for
    {
        request,
        headers,
        body
    };

    message_limits const& limits() const noexcept { return config_->http.limits; }

    task<void> serve_one()
    {
        config_ = home_.config();
        in_.begin_message();
        message_parser parser{limits(), store_};
        bool const asked = co_await read_header(parser);
        if (!asked)
            co_return;
        auto const& request = parser.request();
        auto const match = find_route(request.path, config_->http);
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
        in_.consume(parser.header_size());
        ::explicit_bzero(store_.body.data(), store_.body.size());
        if (out_.size() > flush_above)
            co_await flush();
    }

    // False: there is no request, and what there is to say is said.
    task<bool> read_header(message_parser& parser)
    {
        auto const idle_until = steady::now() + config_->http.idle_timeout;
        auto header_until = steady::time_point::max();
        for (;;)
        {
            auto const fault = parser.read_header(in_.data());
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
            bool const begun = !in_.data().empty();
            if (begun && header_until == steady::time_point::max())
                header_until = steady::now() + config_->http.header_timeout;
            auto const what = begun ? wait_for::headers : wait_for::request;
            auto const until = begun ? header_until : idle_until;
            auto const filled = co_await fill(what, until);
            if (filled == fill_result::data)
                continue;
            if (filled == fill_result::gone)
                co_return false;
            closing_ = true;
            if (in_.data().find_first_not_of("\r\n") == std::string_view::npos)
                co_return false;  // nobody has asked anything
            home_.make_request_id(request_id_);
            fail(filled == fill_result::end ? truncated : too_slow, false);
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
        if (parser.expects_continue() && in_.data().size() == parser.header_size())
        {
            if (!wanted)  // the client may or may not send its body now; only a closed connection is unambiguous
            {
                keeps_alive_ = false;
                close_and_linger();
                co_return true;
            }
            out_ += "HTTP/1.1 100 Continue\r\n\r\n";
        }
        auto const until = steady::now() + config_->http.body_timeout;
        while (!parser.done())
        {
            auto fault = http_fault::none;
            auto const used = parser.read_body(in_.data().substr(parser.header_size()), fault);
            in_.consume_behind(parser.header_size(), used);
            if (fault != http_fault::none)
            {
                fail(describe(fault), head);
                co_return false;
            }
            if (parser.done())
                break;
            auto const filled = co_await fill(wait_for::body, until);
            if (filled == fill_result::data)
                continue;
            if (filled != fill_result::gone)
                fail(filled == fill_result::end ? truncated : too_slow, head);
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
        auto const answer_at = out_.size();
        std::exception_ptr trouble;
        {
            reply out{out_, frame_};
            try
            {
                if (!admitted)
                    refuse(out, match, admitted.error());
                else if (match.route->answer != nullptr)
                    match.route->answer(request, ctx, out);
                else
                {
                    co_await flush();  // what is answered already does not wait for a backend
                    co_await match.route->ask(request, ctx, out);
                    home_.read_clock();
                }
            }
            catch (...)
            {
                trouble = std::current_exception();
            }
            if (!trouble)
                note(ctx, match, out, begun);
        }
        if (trouble)
            answer_trouble(trouble, answer_at, ctx, match, begun);
        closing_ = closing_ || !keeps_alive_;
    }

    static void refuse(reply& out, route_match const& match, refusal const& why)
    {
        if (why.code == code::method_not_allowed)
            out.header("Allow", match.route->allow);
        out.refuse(why);
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
        out_.resize(std::min(answer_at, out_.size()));
        reply out{out_, frame_};
        if (match.route->body == body_use::refused)
            out.bare(500);
        else
            out.refuse({code::internal_error, {}, what});
        note(ctx, match, out, begun);
    }

    void note(context const& ctx, route_match const& match, reply const& out, steady::time_point begun)
    {
        decision d;
        d.method = match.route == nullptr ? std::string_view{"unknown"} : match.route->name;
        d.who = ctx.who;
        d.client_address = peer_;
        d.request_id = request_id_;
        d.code = out.code();
        d.reason = out.reason();
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
        reply out{out_, frame_};
        out.unreadable(why.status, why.code, why.reason);
        context const ctx{home_.shared(), config_, home_.bench(), received_, peer_, request_id_};
        note(ctx, route_match{}, out, steady::now());
    }

    void refuse_unread(refusal const& why)
    {
        reply out{out_, frame_};
        out.refuse(why);
        context const ctx{home_.shared(), config_, home_.bench(), received_, peer_, request_id_};
        note(ctx, route_match{}, out, steady::now());
    }

    // Reads some more, after everything that is to be said is said. The headers in front of a body stay where they are.
    task<fill_result> fill(wait_for what, steady::time_point until)
    {
        bool const sent = co_await flush();
        if (!sent)
            co_return fill_result::gone;
        if (what != wait_for::body)
            in_.make_room();
        if (what == wait_for::request && home_.draining())
            co_return fill_result::timeout;
        timed_out_ = false;
        idle_ = what == wait_for::request;
        deadline = until;
        auto const room = in_.room();
        auto const [ec, n] = co_await stream_.async_read_some(room, as_result);
        deadline = steady::time_point::max();
        idle_ = false;
        if (ec)
            co_return timed_out_ ? fill_result::timeout : fill_result::end;
        in_.commit(n);
        home_.read_clock();
        co_return fill_result::data;
    }

    // Writes all that waits. False: the client does not take it, or is gone.
    task<bool> flush()
    {
        if (out_.empty())
            co_return true;
        deadline = steady::now() + config_->http.write_timeout;
        auto const everything = asio::buffer(out_);
        auto const [ec, n] = co_await asio::async_write(stream_, everything, as_result);
        deadline = steady::time_point::max();
        ::explicit_bzero(out_.data(), out_.size());
        out_.clear();
        if (!ec)
            co_return true;
        closing_ = true;
        lingers_ = false;
        co_return false;
    }

    // Reads what the client is still sending, for a moment, so that it sees the answer and no reset.
    task<void> linger()
    {
        boost::system::error_code ignored;
        stream_.shutdown(Stream::shutdown_send, ignored);
        deadline = steady::now() + config_->http.linger_timeout;
        timed_out_ = false;
        std::size_t left = linger_bytes;
        in_.consume(in_.data().size());
        while (!timed_out_ && left > 0)
        {
            auto const room = in_.room();
            auto const [ec, n] = co_await stream_.async_read_some(room, as_result);
            if (ec)
                break;
            left -= std::min(left, n);
        }
    }

    static constexpr std::size_t flush_above = 64 * 1024;  // pipelined answers that are held back
    static constexpr std::size_t linger_bytes = 1024 * 1024;

    Stream& stream_;
    worker& home_;
    std::shared_ptr<snapshot const> config_;
    std::string const peer_;
    message_store store_;
    input_buffer in_;
    std::string out_;  // answers that are not sent yet
    std::string request_id_;
    reply_frame frame_;
    timestamp received_{};
    bool keeps_alive_ = true;
    bool closing_ = false;
    bool lingers_ = false;
    bool idle_ = false;       // waits for a request's first byte
    bool timed_out_ = false;  // the worker has ended the current wait
};

}  // namespace

task<void> serve(stream_socket socket, worker& home, std::string peer)
{
    session<stream_socket> s{socket, home, std::move(peer)};
    co_await s.run();
}

task<void> turn_away(stream_socket socket, worker& home)
{
    session<stream_socket> s{socket, home, {}};
    co_await s.turn_away();
}

}  // namespace tokend
