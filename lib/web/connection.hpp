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
#include <memory>
#include <optional>
#include <string>

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
            desk_ = home_.desks().borrow();
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
            home_.read_clock();
        }
        timed_out_ = what == wait_for::request && home_.draining();
        while (!timed_out_)
        {
            if (readable_)
                if (auto const got = receive(); got.outcome != transfer::outcome::would_block)
                    co_return got.outcome == transfer::outcome::done ? filled::data : filled::end;
            if (what == wait_for::request)
                clear_desk();
            idle_ = what == wait_for::request;
            co_await wait(direction::in, until);
            idle_ = false;
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
                co_await wait(direction::out, until);
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
                co_await wait(direction::in, until);
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

private:
    enum class direction
    {
        in,
        out
    };
    using wait_token = boost::asio::use_awaitable_t<executor> const;
    using waiter = typename boost::asio::async_result<boost::asio::use_awaitable_t<executor>, void()>::handler_type;

    static constexpr auto never = std::chrono::steady_clock::time_point::max();
    static constexpr std::size_t linger_bytes = 1024 * 1024;

    task<void> wait(direction d, std::chrono::steady_clock::time_point until)
    {
        waits_for_ = d;
        deadline = until;
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
        if (waiting_ && (waits_for_ == direction::in ? r.readable || r.ending : r.writable))
            take_waiting()();
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

    void clear_desk() noexcept
    {
        if (!desk_)
            return;
        desk_->in.consume(desk_->in.data().size());
        desk_->out.wipe();
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
    direction waits_for_ = direction::in;
    std::size_t sent_ = 0;       // of what is to be said
    bool readable_ = true;       // reading may find something
    bool got_all_room_ = false;  // the last reading filled its buffer
    bool ending_ = false;        // the client has ended its side, or is gone
    bool broken_ = false;        // the client takes nothing any more
    bool idle_ = false;          // waits for a request's first byte
    bool timed_out_ = false;     // the worker has ended the current wait
};

}  // namespace tokend
