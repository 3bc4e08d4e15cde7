#pragma once

#include "base/task.hpp"
#include "web/desk.hpp"
#include "web/options.hpp"
#include "web/plain_stream.hpp"
#include "web/worker.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace tokend {

// The bytes of one connection: what came in, what waits to go out, and waits that end. On the worker's thread. A template over the
// stream so that TLS is its second instantiation; of the stream it needs read, write, and shutdown_send, none of which waits.
template <class Stream>
class connection : public session_handle, private watched
{
public:
    enum class wait_for
    {
        request,  // idle: a drained worker ends it, and nothing is said
        headers,
        body
    };
    enum class filled
    {
        data,
        end,      // the client sends nothing any more
        timeout,  // or the worker is drained
        gone      // the client does not take its answers
    };

    // REQUIRES: `stream` and `home` outlive this object.
    connection(Stream& stream, worker& home, http_options const& options)
        : stream_{stream}, home_{home}, write_timeout_{options.write_timeout}, linger_timeout_{options.linger_timeout}
    {
        home_.sockets().watch(stream_.native_handle(), *this);
        home_.attach(*this);
        home_.read_clock();  // nothing may have happened on this worker for a long time
    }
    ~connection()
    {
        home_.detach(*this);
        clear_desk();
    }

    // What of a request is here, and what is to be said: borrowed at the first of it.
    desk& on_desk()
    {
        if (!desk_) [[unlikely]]
            borrow_desk();
        return *desk_;
    }
    bool has_input() const noexcept { return desk_ && !desk_->in.data().empty(); }

    // Reads some more, after everything that is to be said is said.
    task<filled> fill(wait_for what, std::chrono::steady_clock::time_point until)
    {
        if (!send())
        {
            bool const sent = co_await flush();
            if (!sent)
                co_return filled::gone;
        }
        if (readable_ && got_all_room_)
        {
            // A client that sends faster than it is served takes turns with the others.
            co_await boost::asio::post(home_.loop(), use_task);
        }
        timed_out_ = what == wait_for::request && home_.draining();
        while (!timed_out_)
        {
            if (readable_)
                if (auto const got = read_some())
                {
                    home_.read_clock();  // no batch told of it
                    co_return *got;
                }
            rest(what, until);
            co_await wait(want::input);
            idle_ = false;
            if (trouble_)
                std::rethrow_exception(trouble_);
            if (auto const got = std::exchange(taken_, std::nullopt))
                co_return *got;
        }
        co_return filled::timeout;
    }

    // Writes all that waits. False: the client does not take it, or is gone.
    task<bool> flush()
    {
        auto const until = std::chrono::steady_clock::now() + write_timeout_;
        timed_out_ = false;
        while (!broken_ && !send())
        {
            if (!broken_)
            {
                set_deadline(until);
                co_await wait(want::room);
            }
            broken_ = broken_ || timed_out_;
        }
        co_return !broken_;
    }

    // Ends what is said, and reads what the client is still sending, for a moment, so that it sees the answer and no reset.
    task<void> linger()
    {
        stream_.shutdown_send();
        auto const until = std::chrono::steady_clock::now() + linger_timeout_;
        timed_out_ = false;
        std::size_t left = linger_bytes;
        while (!timed_out_ && left > 0)
        {
            auto& in = on_desk().in;
            in.consume(in.data().size());
            auto const got = receive();
            if (got.outcome == transfer::outcome::ended)
                break;
            left -= std::min(left, got.bytes);
            if (got.outcome == transfer::outcome::would_block)
            {
                set_deadline(until);
                co_await wait(want::leftovers);
            }
        }
    }

    void out_of_time() override
    {
        timed_out_ = true;
        if (waiting_)
            boost::asio::post(home_.loop(), take_waiting());
    }
    void drain() override
    {
        if (idle_)
            out_of_time();
    }
    // The loop runs no more: what waits is destroyed with it.
    void abandon() override
    {
        if (waiting_)
            take_waiting();
    }

protected:
    // There is something to read, for which fill() waits. Returns what fill() does, or nothing: the wait goes on.
    virtual std::optional<filled> take_ready() { return read_some(); }

    // Nothing: there is nothing.
    std::optional<filled> read_some()
    {
        auto const got = receive();
        if (got.outcome == transfer::outcome::would_block)
            return std::nullopt;
        return got.outcome == transfer::outcome::done ? filled::data : filled::end;
    }
    // Whether what is to come will be told, and is not to be asked for.
    bool has_read_all() const noexcept { return !readable_; }

    // As much as goes without waiting. True: all of it.
    bool send() noexcept
    {
        if (!desk_ || desk_->out.empty())
            return true;
        auto& out = desk_->out;
        auto const gone = stream_.write(out.view().substr(sent_));
        broken_ = gone.outcome == transfer::outcome::ended;
        sent_ += gone.bytes;
        if (sent_ < out.size())
            return false;
        out.wipe();
        sent_ = 0;
        return true;
    }

    // What fill() waits for, and how long.
    void rest(wait_for what, std::chrono::steady_clock::time_point until) noexcept
    {
        idle_ = what == wait_for::request;
        if (idle_)
            clear_desk();
        set_deadline(until);
    }

private:
    enum class want
    {
        input,      // of a request
        leftovers,  // that nobody reads
        room        // for what is to be said
    };
    using wait_token = boost::asio::use_awaitable_t<executor> const;
    using waiter = typename boost::asio::async_result<boost::asio::use_awaitable_t<executor>, void()>::handler_type;

    static constexpr std::size_t linger_bytes = 1024 * 1024;

    void set_deadline(std::chrono::steady_clock::time_point until) noexcept
    {
        deadline = until;
        home_.look_by(until);
    }

    // Until ready() finds it so, or the deadline has passed.
    task<void> wait(want what)
    {
        waits_for_ = what;
        auto keep = [this](waiter w) { waiting_.emplace(std::move(w)); };
        return boost::asio::async_initiate<wait_token, void()>(keep, use_task);
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
        readable_ = readable_ || r.readable;
        ending_ = ending_ || r.ending;
        bool const is_due = waits_for_ == want::room ? r.writable : r.readable || r.ending;
        if (waiting_ && is_due && (waits_for_ != want::input || ends_fill()))
            take_waiting()();
    }
    // An exception is the session's, and not the poller's.
    bool ends_fill() noexcept
    try
    {
        taken_ = take_ready();
        return taken_.has_value();
    }
    catch (...)
    {
        trouble_ = std::current_exception();
        return true;
    }

    transfer receive()
    {
        auto& in = on_desk().in;
        auto const room = in.room();
        auto const got = stream_.read(room);
        in.commit(got.bytes);
        got_all_room_ = got.bytes == room.size();
        // A short read has taken all there was: what comes later is told, and so is the end, unless it was told already.
        if (got.outcome == transfer::outcome::would_block || (got.bytes < room.size() && !ending_))
            readable_ = false;
        return got;
    }

    [[gnu::noinline]] void borrow_desk() { desk_ = home_.desks().borrow(); }
    void clear_desk() noexcept
    {
        if (!desk_)
            return;
        if (has_input())
            desk_->in.consume(desk_->in.data().size());
        desk_->out.wipe();
        if (!desk_->store.body.empty())
            wipe(desk_->store.body);
        sent_ = 0;
        home_.desks().give_back(std::move(desk_));
    }

    Stream& stream_;
    worker& home_;
    std::chrono::milliseconds const write_timeout_;
    std::chrono::milliseconds const linger_timeout_;
    std::unique_ptr<desk> desk_;
    std::optional<waiter> waiting_;  // the session, while it waits for its socket
    want waits_for_ = want::input;
    std::optional<filled> taken_;  // by take_ready(), for fill() to return
    std::exception_ptr trouble_;   // of take_ready(), for fill() to throw
    std::size_t sent_ = 0;         // of what is to be said
    bool readable_ = true;         // reading may find something
    bool got_all_room_ = false;    // the last reading filled its buffer
    bool ending_ = false;          // the client has ended its side, or is gone
    bool broken_ = false;          // the client takes nothing any more
    bool idle_ = false;            // waits for a request's first byte
    bool timed_out_ = false;       // the worker has ended the current wait
};

}  // namespace tokend
