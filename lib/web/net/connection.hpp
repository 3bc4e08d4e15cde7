#pragma once

#include "base/task.hpp"
#include "web/conversation.hpp"
#include "web/desk.hpp"
#include "web/net/poller.hpp"
#include "web/net/transfer.hpp"
#include "web/net/worker.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace tokend {

// Carries bytes between a stream and a conversation, and does what the conversation's steps say. The only part of the
// request path that is a template: TLS is another stream. A stream has native_handle(), read(), write() and
// shutdown_send(), and may have handshake() and, after that, named_client(). None of them waits. Loop thread only.
template <class Stream>
class connection final : public connection_handle, private watched
{
public:
    // REQUIRES: `stream`, `home` and `at` outlive this object.
    connection(Stream& stream, worker& home, front const& at, client from)
        : stream_{stream},
          home_{home},
          conversation_{home.state(), at, from},
          new_until_{std::chrono::steady_clock::now() + std::min(time_to_be_new, options().header_timeout)}
    {
        home_.sockets().watch(stream_.native_handle(), *this);
        home_.attach(*this);
        home_.state().read_clock();  // the worker may have had nothing to do for a long time
    }
    ~connection()
    {
        home_.detach(*this);
        return_desk();
    }

    // Completes what the stream does before its first bytes, if anything. Returns false if that fails, takes longer
    // than `time`, or a drain ends it. Comes before the two below. A step of a handshake may cost as much as many
    // requests, so the connections of a worker take turns.
    task<bool> shake_hands(std::chrono::milliseconds time)
    {
        if constexpr (requires { stream_.handshake(); })
        {
            timed_out_ = is_overdue();
            idle_ = true;
            auto const until = std::chrono::steady_clock::now() + time;
            auto blocked = blocked_on::input;  // the client speaks first
            while (!timed_out_)
            {
                co_await wait_for(blocked, end_of_idle(until));
                if (!timed_out_ && !home_.heavy_steps().take_at_once())
                    co_await home_.heavy_steps().take();
                if (timed_out_ || std::chrono::steady_clock::now() >= until)
                    break;
                auto const got = stream_.handshake();
                if (got.outcome == transfer::outcome::done)
                    take_client();
                if (got.outcome != transfer::outcome::would_block)
                {
                    idle_ = false;
                    co_return got.outcome == transfer::outcome::done;
                }
                blocked = got.blocked_on;
            }
            co_return false;
        }
        co_return true;
    }
    // Notes whose certificate the client has shown. Comes before the two below.
    void identify(std::shared_ptr<std::string const> subject) { conversation_.identify(std::move(subject)); }

    // Serves the client until the connection ends.
    task<void> serve() { return go_on(conversation_.begin()); }
    // Answers that there are too many connections, and closes.
    task<void> turn_away() { return go_on(conversation_.turn_away(borrow_desk())); }
    // Answers that the client should have begun with a TLS handshake, and closes.
    task<void> refuse_plain_http() { return go_on(conversation_.refuse_protocol(borrow_desk(), plain_http)); }

    void out_of_time() noexcept override
    try
    {
        timed_out_ = true;
        if (waiting_)
            boost::asio::post(home_.loop(), take_waiting());
    }
    catch (std::bad_alloc const&)
    {
        // The coroutine has been destroyed with what was to be posted, and this object with it.
    }
    void drain() noexcept override
    {
        draining_ = true;
        conversation_.drain();
        if (idle_ && is_overdue())
            out_of_time();
        else if (idle_)
            set_deadline(end_of_idle(deadline));
    }
    front const& belongs_to() const noexcept override { return conversation_.at(); }
    void abandon() override
    {
        if (waiting_)
            take_waiting();
    }

private:
    using wait_token = boost::asio::use_awaitable_t<executor> const;
    using waiter = typename boost::asio::async_result<boost::asio::use_awaitable_t<executor>, void()>::handler_type;
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::size_t most_lingering = 1024 * 1024;  // bytes that are read and dropped
    static constexpr std::chrono::milliseconds time_to_be_new{1000};

    bool is_draining() const noexcept { return draining_ || home_.state().draining; }
    // A drain ends the wait of an idle connection at once, but that of a new one only when it is new no longer: its
    // first request may be on the way, and a client that loses it cannot tell whether it may send it again.
    bool is_new() const noexcept { return conversation_.is_new() && std::chrono::steady_clock::now() < new_until_; }
    bool is_overdue() const noexcept { return is_draining() && !is_new(); }
    time_point end_of_idle(time_point until) const noexcept
    {
        return is_draining() ? std::min(until, new_until_) : until;
    }
    http_options const& options() const noexcept { return home_.state().config->http; }

    // A proxy may have named the client in the handshake.
    void take_client()
    {
        if constexpr (requires { stream_.named_client(); })
            if (auto const named = stream_.named_client())
                conversation_.comes_from(*named);
    }

    task<void> go_on(step next)
    {
        while (next.what != step::kind::linger && next.what != step::kind::close)
            if (next.what == step::kind::read)
                next = co_await read(next);
            else
                next = co_await write(next);
        bool const sent = co_await flush();
        if (sent && next.what == step::kind::linger)
            co_await linger();
    }

    // Step kinds write and respond.
    task<step> write(step now)
    {
        bool const sent = co_await flush();
        if (now.what == step::kind::respond)
            co_await conversation_.respond(borrow_desk());
        else if (!sent)
            co_return step{step::kind::close};
        co_return conversation_.advance(borrow_desk());
    }

    // Sends what waits, reads, and returns the step after that.
    task<step> read(step now)
    {
        if (!send())
        {
            bool const sent = co_await flush();
            if (!sent)
                co_return step{step::kind::close};
        }
        if (readable_ && filled_room_)
        {
            // A client that sends faster than it is served takes turns with the others.
            co_await boost::asio::post(home_.loop(), use_task);
        }
        timed_out_ = now.idle && is_overdue();
        while (!timed_out_)
        {
            if (readable_)
                if (auto const got = receive(); got.outcome != transfer::outcome::would_block)
                {
                    home_.state().read_clock();  // no batch of events did
                    co_return take(got);
                }
            rest(now);
            reading_ = true;
            auto const until = now.idle ? end_of_idle(now.until) : now.until;
            co_await wait_for(read_blocked_on_, until);
            reading_ = idle_ = false;
            if (thrown_)
                std::rethrow_exception(thrown_);
            if (auto const next = std::exchange(next_, std::nullopt))
                co_return *next;
        }
        // A drain leaves no request without an answer that has arrived, although nobody has reported it yet.
        if (now.idle && is_draining() && !filled_room_)
            if (auto const got = receive(); got.outcome != transfer::outcome::would_block)
                co_return take(got);
        co_return conversation_.timed_out(borrow_desk());
    }

    step take(transfer const& got)
    {
        return got.outcome == transfer::outcome::done ? conversation_.advance(borrow_desk())
                                                      : conversation_.input_ended(borrow_desk());
    }

    // Reads and answers within the poller's event. Returns false if the coroutine need not wake up: all is answered and
    // sent, and the next event continues here. An exception is the connection's and not the poller's.
    bool read_in_place() noexcept
    try
    {
        auto const got = receive();
        if (got.outcome == transfer::outcome::would_block)
            return false;
        auto const next = take(got);
        if (next.what == step::kind::read && send() && !readable_)
        {
            rest(next);
            set_deadline(next.until);
            return false;
        }
        next_ = next;
        return true;
    }
    catch (...)
    {
        thrown_ = std::current_exception();
        return true;
    }

    // Sends as much as the stream takes without waiting. Returns true if that was all that may be sent.
    bool send() noexcept
    {
        if (!desk_ || desk_->out.empty())
            return true;
        auto const sendable = desk_->sendable();
        while (sent_ < sendable.size())
        {
            auto const gone = stream_.write(sendable.substr(sent_));
            if (gone.outcome != transfer::outcome::done)
            {
                broken_ = gone.outcome == transfer::outcome::ended;
                write_blocked_on_ = gone.blocked_on;
                return false;
            }
            sent_ += gone.bytes;
        }
        if (sent_ == desk_->out.size())
        {
            desk_->out.wipe();
            sent_ = 0;
        }
        return true;
    }

    // Sends all that may be sent. Returns false if the client does not take it, or is gone.
    task<bool> flush()
    {
        auto const until = std::chrono::steady_clock::now() + options().write_timeout;
        timed_out_ = false;
        while (!broken_ && !send())
        {
            if (!broken_)
                co_await wait_for(write_blocked_on_, until);
            broken_ = broken_ || timed_out_;
        }
        co_return !broken_;
    }

    // Ends the output and reads for a moment what the client still sends, so that it sees the response and no reset.
    task<void> linger()
    {
        stream_.shutdown_send();
        auto const until = std::chrono::steady_clock::now() + options().linger_timeout;
        timed_out_ = false;
        std::size_t left = most_lingering;
        while (!timed_out_ && left > 0)
        {
            auto& in = borrow_desk().in;
            in.consume(in.data().size());
            auto const got = receive();
            if (got.outcome == transfer::outcome::ended)
                break;
            left -= std::min(left, got.bytes);
            if (got.outcome == transfer::outcome::would_block)
                co_await wait_for(read_blocked_on_, until);
        }
    }

    transfer receive()
    {
        auto& in = borrow_desk().in;
        auto const room = in.room();
        auto const got = stream_.read(room);
        in.commit(got.bytes);
        filled_room_ = got.bytes == room.size();
        read_blocked_on_ = got.blocked_on;
        // The poller reports what comes later, and the end of the input unless it has reported it before.
        if (got.outcome == transfer::outcome::would_block || (got.drained && !ending_))
            readable_ = false;
        return got;
    }

    // An idle connection keeps no desk.
    void rest(step const& now) noexcept
    {
        idle_ = now.idle;
        if (idle_)
            return_desk();
    }

    // Suspends the coroutine until the stream is ready or the deadline has passed.
    task<void> wait_for(blocked_on what, time_point until)
    {
        blocked_on_ = what;
        set_deadline(until);
        auto keep = [this](waiter w) { waiting_.emplace(std::move(w)); };
        return boost::asio::async_initiate<wait_token, void()>(keep, use_task);
    }
    void set_deadline(time_point until) noexcept
    {
        deadline = until;
        home_.look_by(until);
    }
    waiter take_waiting()
    {
        auto w = std::move(*waiting_);
        waiting_.reset();
        deadline = never;
        return w;
    }

    void ready(readiness r) override
    {
        if (r.ending && !std::exchange(ending_, true))
            conversation_.client_has_gone();
        readable_ = readable_ || (read_blocked_on_ == blocked_on::room ? r.writable : r.readable);
        auto const waits_for = reading_ ? read_blocked_on_ : blocked_on_;
        bool const is_due = waits_for == blocked_on::room ? r.writable : r.readable || r.ending;
        if (waiting_ && is_due && (!reading_ || read_in_place()))
            take_waiting()();
    }

    desk& borrow_desk()
    {
        if (!desk_) [[unlikely]]
            take_desk();
        return *desk_;
    }
    [[gnu::noinline]] void take_desk() { desk_ = home_.desks().borrow(); }
    void return_desk() noexcept
    {
        if (!desk_)
            return;
        desk_->clear();
        sent_ = 0;
        home_.desks().give_back(std::move(desk_));
    }

    Stream& stream_;
    worker& home_;
    conversation conversation_;
    std::unique_ptr<desk> desk_;
    std::optional<waiter> waiting_;              // the coroutine, while it waits for its stream
    std::optional<step> next_;                   // what read_in_place() found, for read() to return
    std::exception_ptr thrown_;                  // by read_in_place(), for read() to throw
    time_point const new_until_;                 // at most
    std::size_t sent_ = 0;                       // bytes of the output
    blocked_on blocked_on_ = blocked_on::input;  // what the coroutine waits for
    blocked_on read_blocked_on_ = blocked_on::input;
    blocked_on write_blocked_on_ = blocked_on::room;
    bool reading_ = false;      // the coroutine waits in read()
    bool readable_ = true;      // a read may find something
    bool filled_room_ = false;  // the last read filled its buffer
    bool ending_ = false;       // the client has ended its side, or is gone
    bool broken_ = false;       // the client takes nothing more
    bool idle_ = false;         // a drain may end the wait
    bool draining_ = false;     // the response at hand is the last one
    bool timed_out_ = false;    // the worker has ended the wait
};

}  // namespace tokend
